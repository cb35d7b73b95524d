// Built-in functions that would look at a claim, or at the text that stands for one, and answer as if
// it had no value. What they are given is checked before they run.

/** Nodes whose value a user decides. A filter's text is the same for everyone. */
function claimIn(value) {
  if (isPlaceholderList(value)) isLookedInto = true;
  const known = proxied(value);
  if (known !== undefined) return known.kind === 'reference' ? undefined : known;
  if (typeof value !== 'string' || indexOf(value, mark) < 0) return undefined;
  let found;
  for (let at = indexOf(value, mark); at >= 0; at = indexOf(value, mark, at + 1)) {
    const node = nodeAt(value, at);
    if (node !== undefined && node.kind === 'placeholder') isLookedInto = true;
    if (node !== undefined && (node.kind === 'claim' || node.kind === 'unsafe')) found = node;
  }
  return found;
}

function refuseClaim(value) {
  const known = claimIn(value);
  if (known === undefined) return value;
  if (known.kind === 'unsafe' && typeof value !== 'string') throw dynamic(known.path, 'the schema compares or searches');
  throw refusal(
    'schema/claim-as-condition',
    `${nameOf(known)} is compared or searched, and has no value while the schema is compiled`,
    undefined,
    atQueryTime,
  );
}

function replaceMethod(holder, name, make) {
  const property = getOwnPropertyDescriptor(holder, name);
  if (property === undefined || typeof property.value !== 'function') return;
  defineProperty(holder, name, { __proto__: null, ...property, value: make(property.value) });
}

/** Refuses claims among the values that a function is given, and in the text that a method searches. */
function guardValues(holder, names) {
  for (let index = 0; index < names.length; index++) {
    replaceMethod(
      holder,
      names[index],
      (original) =>
        function (...values) {
          if (typeof this === 'string') refuseClaim(this);
          for (let item = 0; item < values.length; item++) refuseClaim(values[item]);
          return reflectApply(original, this, values);
        },
    );
  }
}

/** Notes that a function takes a value apart; the text around a placeholder may be. */
function guardParts(holder, names) {
  for (let index = 0; index < names.length; index++) {
    replaceMethod(
      holder,
      names[index],
      (original) =>
        function (...values) {
          const lone = typeof this === 'string' ? loneNode(this) : undefined;
          if (lone !== undefined && lone.kind === 'placeholder') isTaken = true;
          return reflectApply(original, this, values);
        },
    );
  }
}

/** Refuses claims as the answers of a callback that decides. */
function guardCallback(holder, names) {
  for (let index = 0; index < names.length; index++) {
    replaceMethod(
      holder,
      names[index],
      (original) =>
        function (callback, ...values) {
          const decide =
            typeof callback !== 'function'
              ? callback
              : function (...items) {
                  return refuseClaim(reflectApply(callback, this, items));
                };
          return reflectApply(original, this, [decide, ...values]);
        },
    );
  }
}

function guardIncludes() {
  replaceMethod(
    Array.prototype,
    'includes',
    (original) =>
      function (...values) {
        if (isUnsafe(values[0]) && values.length === 1) return checkIncluded(this, values[0]);
        for (let item = 0; item < values.length; item++) refuseClaim(values[item]);
        return reflectApply(original, this, values);
      },
  );
}

function guardBuiltins() {
  guardValues(Object, ['is']);
  guardValues(Array.prototype, ['indexOf', 'lastIndexOf']);
  guardIncludes();
  guardValues(Map.prototype, ['get', 'has', 'set', 'delete']);
  guardValues(Set.prototype, ['has', 'add', 'delete']);
  guardValues(WeakMap.prototype, ['get', 'has', 'set', 'delete']);
  guardValues(WeakSet.prototype, ['has', 'add', 'delete']);
  guardValues(RegExp.prototype, ['test', 'exec']);
  guardValues(globalThis, ['parseInt', 'parseFloat', 'isNaN', 'isFinite']);
  guardValues(Number, ['isInteger', 'isNaN', 'isFinite', 'isSafeInteger', 'parseInt', 'parseFloat']);
  guardCallback(Array.prototype, [
    'filter',
    'find',
    'findIndex',
    'findLast',
    'findLastIndex',
    'some',
    'every',
    'sort',
    'toSorted',
  ]);
  guardValues(String.prototype, [
    'includes',
    'startsWith',
    'endsWith',
    'indexOf',
    'lastIndexOf',
    'search',
    'match',
    'matchAll',
    'localeCompare',
    'charAt',
    'charCodeAt',
    'codePointAt',
  ]);
  guardParts(String.prototype, ['at', 'slice', 'substring', 'substr', 'split', 'replace', 'replaceAll']);
  guardParts(String.prototype, ['toLowerCase', 'toUpperCase', 'normalize', 'trim', 'trimStart', 'trimEnd']);
  const RealBoolean = Boolean;
  function GuardedBoolean(value) {
    refuseClaim(value);
    const truth = RealBoolean(value);
    return new.target === undefined ? truth : reflectConstruct(RealBoolean, [truth], new.target);
  }
  GuardedBoolean.prototype = RealBoolean.prototype;
  defineProperty(GuardedBoolean, 'name', { __proto__: null, value: 'Boolean' });
  const named = { __proto__: null, value: GuardedBoolean, writable: true, configurable: true };
  defineProperty(RealBoolean.prototype, 'constructor', named);
  globalThis.Boolean = GuardedBoolean;
}
