// `filter(column)` and `filter(function)`. A function is traced twice, with a placeholder and with a
// list of them; a trace that throws is left out.
const functionTexts = new RealWeakMap();

function makeFilter(path, required, values) {
  const [target] = values;
  const name = required ? 'requiredFilter' : 'filter';
  if (path.length === 0 || values.length !== 1) {
    throw refusal(
      'schema/bad-filter',
      `${name} is called on one claim, with one column or function`,
      undefined,
      "${SECURITY_CONTEXT.id.filter('user_id')}",
    );
  }
  if (typeof target === 'function' && !isOwnProxy(target)) {
    return functionFilter(path, required, target);
  }
  const column = asFragment(target);
  if (column === null || column === '') {
    throw refusal(
      'schema/bad-filter',
      `${name} takes the text of a column, or a function that makes a condition`,
      undefined,
      "${SECURITY_CONTEXT.id.filter('user_id')}",
    );
  }
  return addNode(bare({ kind: 'filter', path, required, column }));
}

/** SQL as a string, marks and all; null for what is no SQL. */
function asFragment(value) {
  if (typeof value === 'string') return value;
  const known = proxied(interpolation(value));
  if (known === undefined) return typeof interpolation(value) === 'string' ? interpolation(value) : null;
  return `${value}`;
}

const indexing = /[\w$)\]}]\s*(?:\?\.)?\s*\[(?!\$\{)/;

function functionFilter(path, required, target) {
  const text = weakGet(functionTexts, target) ?? slice(functionText(target), 0, 200);
  const placeholder = addNode(bare({ kind: 'placeholder' }));
  const outer = [isLookedInto, isWhole, isTaken];
  [isLookedInto, isWhole, isTaken] = [false, true, false];
  const scalar = madeOfWhole((value) => trace(target, value), placeholder);
  const list = trace(target, placeholderList(placeholder, placeholder));
  // A value that is taken apart is a list of one where a list is taken.
  // A letter of a text that is read by its number, or a text as a key, is seen by nothing else.
  const mayIndex = execute(indexing, functionText(target)) !== null;
  const isExact = !isLookedInto && !isTaken && !mayIndex && (isWhole || list !== null);
  [isLookedInto, isWhole, isTaken] = outer;
  if (!isExact) return exactFilter(path, required, target, text);
  if (scalar === null && list === null) throw makesNoSql(text);
  return addNode(bare({ kind: 'filter-function', path, required, text, scalar, list }));
}

function makesNoSql(text) {
  return refusal(
    'schema/filter-function',
    `the filter function ${text} makes no SQL, neither for a value nor for a list of values`,
    undefined,
    'return the text of a condition: (value) => `lower(email) = ${value}`; a list is joined, mapped, or made of a value by [].concat(value)',
  );
}

/** Set when a function looks at a value, or into a list, in a way that one text for all users cannot follow. */
let isLookedInto = false;
/** Unset when a function takes a value apart: its length, its letters, or their case. */
let isWhole = true;
/** Set when a function asks for a part of a value, or for it in other letters. */
let isTaken = false;

function trace(target, value) {
  try {
    const result = asFragment(target(value));
    return result === '' ? null : result;
  } catch {
    return null;
  }
}

/**
 * What is made of a placeholder, if it is taken whole: it is made again of a text of other characters and
 * another length, and must be the same. `[...value]`, `value[0]` or `value.toUpperCase()` is not.
 */
function madeOfWhole(make, placeholder) {
  const before = nodes.length;
  const text = make(placeholder);
  if (text === null) return null;
  const made = takeNodes(before);
  const other = otherThan(placeholder);
  const noted = notes.length;
  const again = make(other);
  notes.length = noted;
  let isSame = again !== null && withText(again, other, placeholder) === text && nodes.length === before + made.length;
  for (let index = 0; isSame && index < made.length; index++) {
    isSame = isSameNode(made[index], nodes[before + index], other, placeholder);
  }
  putNodes(before, made);
  if (isSame) return text;
  isWhole = false;
  return null;
}

/** Other digits, with letters of both cases between them. */
function otherThan(placeholder) {
  let other = '';
  for (let index = 0; index < placeholder.length; index++) other += `${9 - +placeholder[index]}${index % 2 === 0 ? 'b' : 'Y'}`;
  return other;
}

/** Takes the nodes from a number on, so that what is made next has the same marks. */
function takeNodes(before) {
  const made = [];
  for (let index = before; index < nodes.length; index++) push(made, nodes[index]);
  nodes.length = before;
  return made;
}

function putNodes(before, made) {
  nodes.length = before;
  for (let index = 0; index < made.length; index++) push(nodes, made[index]);
}

function isSameNode(first, second, other, placeholder) {
  const keys = objectKeys(first);
  for (let index = 0; index < keys.length; index++) {
    const [one, two] = [first[keys[index]], second[keys[index]]];
    if (typeof one === 'string' && (typeof two !== 'string' || withText(two, other, placeholder) !== one)) return false;
  }
  return true;
}

/** `text` with one part in the place of another. */
function withText(text, part, replacement) {
  return join(split(text, part), replacement);
}

function onlyTogether() {
  isLookedInto = true;
  throw new RealTypeError('a list of placeholders can be joined and mapped');
}

/** Lists of placeholders, each with the text of an item and the placeholder in it. */
const placeholderLists = new RealWeakMap();

const arrayNames = bareNames(Array.prototype);

function bareNames(holder) {
  const found = create(null);
  const names = ownKeys(holder);
  for (let index = 0; index < names.length; index++) {
    if (typeof names[index] === 'string') found[names[index]] = true;
  }
  return freeze(found);
}

function isIndex(name) {
  return typeof name === 'string' && name !== '' && numberIsFinite(+name);
}

/** Stands for the placeholders of a list of any length: an array for `Array.isArray`. */
function placeholderList(item, placeholder) {
  const joined = (separator = ',') => addNode(bare({ kind: 'list', separator: `${separator}`, item }));
  const same = (...values) => (values.length === 0 ? list : onlyTogether());
  const methods = bare({
    join: joined,
    toString: () => joined(),
    map: (change) => mapped(change, list),
    concat: same,
    flat: same,
    slice: same,
  });
  const list = new RealProxy([item], {
    __proto__: null,
    get(_target, name) {
      if (name === toPrimitive) return (hint) => (hint === 'number' ? onlyTogether() : joined());
      if (typeof name === 'string' && hasOwn(methods, name)) return methods[name];
      // What no array has, an array of claims has not either.
      if (name !== Symbol.iterator && !hasOwn(arrayNames, name) && !isIndex(name)) return undefined;
      return onlyTogether();
    },
    has: onlyTogether,
    ownKeys: onlyTogether,
    getOwnPropertyDescriptor: onlyTogether,
    set: onlyTogether,
    defineProperty: onlyTogether,
    deleteProperty: onlyTogether,
    setPrototypeOf: onlyTogether,
    preventExtensions: onlyTogether,
  });
  weakSet(placeholderLists, list, bare({ item, placeholder }));
  return list;
}

/** What becomes of an item must not depend on where it stands, which is not known. */
function mapped(change, list) {
  if (typeof change !== 'function' || change.length > 1) return onlyTogether();
  const { item, placeholder } = weakGet(placeholderLists, list);
  const made = (value, index) => asFragment(change(withText(item, placeholder, value), index, list));
  const text = madeOfWhole((value) => made(value, 0), placeholder);
  if (text === null || text !== made(placeholder, 1) || text !== made(placeholder, 1e9)) return onlyTogether();
  return placeholderList(text, placeholder);
}

/** `[].concat(list)` and `Array.from(list)` are the list. */
function isPlaceholderList(value) {
  return isObject(value) && weakHas(placeholderLists, value);
}

const realConcat = Array.prototype.concat;
const realFrom = Array.from;

defineProperty(Array.prototype, 'concat', {
  __proto__: null,
  writable: true,
  configurable: true,
  value: function concat(...values) {
    if (isPlaceholderList(this)) return values.length === 0 ? this : onlyTogether();
    let lists = 0;
    for (let index = 0; index < values.length; index++) if (isPlaceholderList(values[index])) lists += 1;
    if (lists === 0) return reflectApply(realConcat, this, values);
    if (!isArray(this) || this.length > 0 || values.length > 1) return onlyTogether();
    return values[0];
  },
});

defineProperty(Array, 'from', {
  __proto__: null,
  writable: true,
  configurable: true,
  value: function from(...values) {
    if (!isPlaceholderList(values[0])) return reflectApply(realFrom, this, values);
    return values[1] === undefined ? values[0] : mapped(values[1], values[0]);
  },
});
