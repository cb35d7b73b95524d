// The realm as schema code finds it: no way to make code from text, no clock, no randomness, no memory
// that is shared, and nothing built in that can be changed.
function removeFromRealm() {
  const doomed = [
    'eval', 'Function', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry',
    'Intl', 'Temporal', 'console', 'escape', 'unescape', 'AsyncIterator', 'ShadowRealm',
  ];
  for (let index = 0; index < doomed.length; index++) delete globalThis[doomed[index]];
  const functions = [
    function () {},
    async function () {},
    function* () {},
    async function* () {},
  ];
  for (let index = 0; index < functions.length; index++) {
    defineProperty(getPrototypeOf(functions[index]), 'constructor', {
      __proto__: null,
      value: undefined,
      writable: false,
      enumerable: false,
      configurable: false,
    });
  }
}

function fixTimeAndChance() {
  function FixedDate(...values) {
    if (new.target === undefined) return new RealDate(now).toString();
    return reflectConstruct(RealDate, values.length === 0 ? [now] : values, new.target);
  }
  FixedDate.prototype = RealDate.prototype;
  FixedDate.now = () => now;
  FixedDate.parse = RealDate.parse;
  FixedDate.UTC = RealDate.UTC;
  defineProperty(FixedDate, 'name', { __proto__: null, value: 'Date' });
  defineProperty(RealDate.prototype, 'constructor', { __proto__: null, value: FixedDate, writable: false, configurable: false });
  globalThis.Date = FixedDate;
  Math.random = () => {
    throw refusal('schema/random', 'Math.random is not available: a compile must give the same schema each time', undefined, 'hand numbers in with compileContext');
  };
}

/** Names that schema files written for another system use, with what takes their place. */
const replacements = bare({
  process: 'hand values in with compileContext, and read COMPILE_CONTEXT',
  Intl: 'format values where they are shown',
  setTimeout: 'a schema is compiled at once',
  setInterval: 'a schema is compiled at once',
  fetch: 'hand data in with compileContext',
  Buffer: 'use plain texts',
});

function addWords() {
  const words = create(null);
  words.cube = makeDefiner('cube');
  words.view = makeDefiner('view');
  words.context = makeDefiner('context');
  words.asyncModule = makeDefiner('asyncModule');
  setForEach(contextWords, (name) => {
    words[name] = securityContext;
  });
  words.FILTER_PARAMS = makeFilterParams(freeze([]));
  words.FILTER_GROUP = makeFilterGroup;
  words.SQL_UTILS = bare({
    convertTz: makeLocalTime,
    reference: (name) => makeReference(freeze(split(`${name}`, '.'))),
  });
  const silent = () => undefined;
  words.console = bare({ log: silent, info: silent, warn: silent, error: silent, debug: silent });
  for (let index = 0; index < settings.functions.length; index++) {
    words[settings.functions[index]] = makeHostFunction(settings.functions[index]);
  }
  const names = objectKeys(words);
  for (let index = 0; index < names.length; index++) {
    defineProperty(globalThis, names[index], { __proto__: null, value: words[names[index]], writable: false, enumerable: false, configurable: false });
  }
  defineProperty(globalThis, 'COMPILE_CONTEXT', {
    __proto__: null,
    enumerable: false,
    configurable: false,
    get: () => readCompileContext(freeze([])),
  });
  const missing = objectKeys(replacements);
  for (let index = 0; index < missing.length; index++) {
    const name = missing[index];
    defineProperty(globalThis, name, {
      __proto__: null,
      enumerable: false,
      configurable: false,
      get() {
        throw refusal('schema/not-available', `${name} is not available in schema files`, undefined, replacements[name]);
      },
    });
  }
}

/** What the last match was is told to whoever asks, in whichever file. */
function forgetMatches() {
  const names = ['input', '$_', 'lastMatch', '$&', 'lastParen', '$+', 'leftContext', '$`', 'rightContext', "$'"];
  for (let index = 0; index < names.length; index++) delete RegExp[names[index]];
  for (let index = 1; index <= 9; index++) delete RegExp[`$${index}`];
}

/** Subclasses and instances of errors assign `name` and `message`, which a frozen prototype would forbid. */
function letErrorsBeNamed() {
  const errors = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError];
  for (let index = 0; index < errors.length; index++) {
    const { prototype } = errors[index];
    const names = ['name', 'message', 'toString'];
    for (let item = 0; item < names.length; item++) makeAssignable(prototype, names[item]);
  }
}

function makeAssignable(prototype, name) {
  const property = getOwnPropertyDescriptor(prototype, name);
  if (property === undefined) return;
  defineProperty(prototype, name, {
    __proto__: null,
    enumerable: false,
    configurable: false,
    get: () => property.value,
    set(value) {
      if (this === prototype || !isObject(this)) throw new RealTypeError(`'${name}' of errors cannot be changed`);
      defineProperty(this, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
    },
  });
}

/** Freezes everything that is reachable from the global object, and that: no file can leave anything to another. */
function freezeRealm() {
  const seen = new RealSet();
  const names = ownKeys(globalThis);
  for (let index = 0; index < names.length; index++) {
    const property = getOwnPropertyDescriptor(globalThis, names[index]);
    if (property === undefined) continue;
    if (!('value' in property)) freezeFunctionTree(property.get, seen);
    else if (property.value !== globalThis) freezeFunctionTree(property.value, seen);
  }
  const hidden = [
    function* () {}, async function () {}, async function* () {}, [][Symbol.iterator](), new RealMap().entries(),
    new RealSet().values(), ''[Symbol.iterator](), execute ? ''.matchAll(/x/g) : null,
  ];
  for (let index = 0; index < hidden.length; index++) freezeFunctionTree(getPrototypeOf(hidden[index]), seen);
  freeze(globalThis);
}

function freezeFunctionTree(value, seen) {
  if (!isObject(value) || setHas(seen, value) || isOwnProxy(value) || weakSetHas(contextProxies, value)) return;
  setAdd(seen, value);
  const names = ownKeys(value);
  for (let index = 0; index < names.length; index++) {
    const property = getOwnPropertyDescriptor(value, names[index]);
    if (property === undefined) continue;
    if ('value' in property) freezeFunctionTree(property.value, seen);
    else {
      freezeFunctionTree(property.get, seen);
      freezeFunctionTree(property.set, seen);
    }
  }
  freezeFunctionTree(getPrototypeOf(value), seen);
  freeze(value);
}

guardBuiltins();
removeFromRealm();
fixTimeAndChance();
addWords();
forgetMatches();
letErrorsBeNamed();
freezeRealm();

return bare({
  define: defineModule,
  names: (file, pairs) => {
    for (let index = 0; index < pairs.length; index += 2) mapSet(staticNames, `${file} ${pairs[index]}`, pairs[index + 1]);
  },
  run: (index) => {
    runModule(index);
    return needed ?? '';
  },
  step: stepAsync,
  state: asyncState,
  finish,
  depends: () => (hasDecided ? 'yes' : 'no'),
});
