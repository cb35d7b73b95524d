// The compile context is told bit by bit. What the schema reads and was not told stops this run: the
// host is asked, and everything runs again. So nothing can be read that the host has not told, and noted.
const toldContext = [];
const contextObjects = new RealMap();
const longestName = 1000;
const deepestContext = 32;

/** Adds `[path, whole, text]`; the text of an object of which nothing more is told is no JSON. */
function tellContext([path, , text]) {
  const isOpen = text === '{';
  const value = text === '' || isOpen ? undefined : jsonParse(text);
  freezeDeep(value, new RealSet());
  push(toldContext, bare({ path: freeze(path), isOpen, value }));
}

function readCompileContext(path) {
  let open = false;
  for (let index = 0; index < toldContext.length; index++) {
    const { path: start, isOpen, value } = toldContext[index];
    if (!beginsWith(path, start)) continue;
    if (isOpen) {
      open ||= start.length === path.length;
      continue;
    }
    let found = value;
    for (let step = start.length; step < path.length; step++) found = ownValueOf(found, path[step]);
    return found;
  }
  if (open) return contextObject(path);
  throw askForContext(path, false);
}

/** Noted before the schema could catch anything. */
function askForContext(path, whole) {
  needed ??= `[1,${whole ? 1 : 0}${names(path)}]`;
  const error = new RealTypeError('a part of COMPILE_CONTEXT has no value here');
  weakSetAdd(ownErrors, error);
  return error;
}

/** An object as the schema finds it: what lists its properties asks for everything below. */
function contextObject(path) {
  const key = jsonText(path);
  const known = mapGet(contextObjects, key);
  if (known !== undefined) return known;
  const whole = () => {
    throw askForContext(path, true);
  };
  const at = (name) =>
    name.length > longestName || path.length >= deepestContext ? whole() : readCompileContext(freeze([...path, name]));
  const refuse = () => {
    throw new RealTypeError('COMPILE_CONTEXT cannot be changed');
  };
  const object = new RealProxy({}, {
    __proto__: null,
    get(target, name, receiver) {
      if (name === 'toJSON') return whole();
      const value = typeof name === 'symbol' ? undefined : at(name);
      return value === undefined ? reflectGet(target, name, receiver) : value;
    },
    has: (target, name) => (typeof name !== 'symbol' && at(name) !== undefined) || reflectHas(target, name),
    ownKeys: whole,
    getOwnPropertyDescriptor(_target, name) {
      const value = typeof name === 'symbol' ? undefined : at(name);
      return value === undefined ? undefined : { __proto__: null, value, enumerable: true, configurable: true, writable: false };
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    setPrototypeOf: refuse,
    preventExtensions: whole,
    isExtensible: whole,
  });
  weakSetAdd(contextProxies, object);
  mapSet(contextObjects, key, object);
  return object;
}

for (let index = 0; index < settings.context.length; index++) tellContext(settings.context[index]);
