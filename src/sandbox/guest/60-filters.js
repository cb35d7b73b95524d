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
  const scalar = trace(target, placeholder);
  const list = trace(target, placeholderList(placeholder));
  if (scalar === null && list === null) {
    throw refusal(
      'schema/filter-function',
      `the filter function ${text} makes no SQL, neither for a value nor for a list of values`,
      undefined,
      'return the text of a condition: (value) => `lower(email) = ${value}`',
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

function onlyTogether() {
  throw new RealTypeError('a list of placeholders can be joined and mapped');
}

/** Stands for the placeholders of a list of any length: an array for `Array.isArray`. */
function placeholderList(item) {
  const methods = bare({
    join: (separator = ',') => addNode(bare({ kind: 'list', separator: `${separator}`, item })),
    map: (change) => {
      const changed = asFragment(change(item));
      if (changed === null) return onlyTogether();
      return placeholderList(changed);
    },
  });
  return new RealProxy([item], {
    __proto__: null,
    get: (_target, name) => (name === 'join' || name === 'map' ? methods[name] : onlyTogether()),
    has: onlyTogether,
    ownKeys: onlyTogether,
    getOwnPropertyDescriptor: onlyTogether,
    set: onlyTogether,
    defineProperty: onlyTogether,
    deleteProperty: onlyTogether,
    setPrototypeOf: onlyTogether,
    preventExtensions: onlyTogether,
  });
}
