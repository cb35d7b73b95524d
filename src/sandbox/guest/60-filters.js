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

function functionFilter(path, required, target) {
  const text = weakGet(functionTexts, target) ?? slice(functionText(target), 0, 200);
  const placeholder = addNode(bare({ kind: 'placeholder' }));
  const scalar = wholeTrace(target, placeholder);
  const list = trace(target, placeholderList(placeholder));
  if (scalar === null && list === null) {
    throw refusal(
      'schema/filter-function',
      `the filter function ${text} makes no SQL, neither for a value nor for a list of values`,
      undefined,
      'return the text of a condition: (value) => `lower(email) = ${value}`; a list is joined, mapped, or made of a value by [].concat(value)',
    );
  }
  return addNode(bare({ kind: 'filter-function', path, required, text, scalar, list }));
}

function trace(target, value) {
  try {
    const result = asFragment(target(value));
    return result === '' ? null : result;
  } catch {
    return null;
  }
}

/**
 * What a function makes of a placeholder, if it takes that whole: it is traced again with a placeholder of
 * other characters and another length, and must make the same of it. `[...value]` or `value[0]` does not.
 */
function wholeTrace(target, placeholder) {
  const before = nodes.length;
  const text = trace(target, placeholder);
  if (text === null) return null;
  const made = [];
  for (let index = before; index < nodes.length; index++) push(made, nodes[index]);
  let other = '';
  for (let index = 0; index < placeholder.length; index++) other += 9 - +placeholder[index];
  other += other;
  nodes.length = before;
  const noted = notes.length;
  const again = trace(target, other);
  notes.length = noted;
  let isSame = again !== null && withText(again, other, placeholder) === text && nodes.length === before + made.length;
  for (let index = 0; isSame && index < made.length; index++) {
    isSame = isSameNode(made[index], nodes[before + index], other, placeholder);
  }
  nodes.length = before;
  for (let index = 0; index < made.length; index++) push(nodes, made[index]);
  return isSame ? text : null;
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
  throw new RealTypeError('a list of placeholders can be joined and mapped');
}

/** Lists of placeholders, each with the text of an item. */
const placeholderLists = new RealWeakMap();

/** Stands for the placeholders of a list of any length: an array for `Array.isArray`. */
function placeholderList(item) {
  const joined = (separator = ',') => addNode(bare({ kind: 'list', separator: `${separator}`, item }));
  const same = (...values) => (values.length === 0 ? list : onlyTogether());
  const methods = bare({
    join: joined,
    map: (change) => mapped(change, item, list),
    concat: same,
    flat: same,
    slice: same,
  });
  const list = new RealProxy([item], {
    __proto__: null,
    // As a text it would be a list where an author may have meant one value.
    get: (_target, name) =>
      typeof name === 'string' && hasOwn(methods, name) ? methods[name] : onlyTogether(),
    has: onlyTogether,
    ownKeys: onlyTogether,
    getOwnPropertyDescriptor: onlyTogether,
    set: onlyTogether,
    defineProperty: onlyTogether,
    deleteProperty: onlyTogether,
    setPrototypeOf: onlyTogether,
    preventExtensions: onlyTogether,
  });
  weakSet(placeholderLists, list, item);
  return list;
}

/** What becomes of an item must not depend on where it stands, which is not known. */
function mapped(change, item, list) {
  if (typeof change !== 'function' || change.length > 1) return onlyTogether();
  const text = asFragment(change(item, 0, list));
  if (text === null || text !== asFragment(change(item, 1, list)) || text !== asFragment(change(item, 1e9, list))) {
    return onlyTogether();
  }
  return placeholderList(text);
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
    return values[1] === undefined ? values[0] : mapped(values[1], placeholderItem(values[0]), values[0]);
  },
});

function placeholderItem(list) {
  return weakGet(placeholderLists, list);
}
