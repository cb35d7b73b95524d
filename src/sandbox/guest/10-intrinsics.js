// What the prelude needs of the language, taken before any schema code runs. Nothing below reads a
// property of a built-in object again.
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const {
  apply: reflectApply,
  construct: reflectConstruct,
  defineProperty,
  get: reflectGet,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  has: reflectHas,
  ownKeys,
} = Reflect;
const { create, freeze, isFrozen, keys: objectKeys, hasOwn } = Object;
const { isArray } = Array;
const { stringify: jsonText, parse: jsonParse } = JSON;
const ObjectPrototype = Object.prototype;
const StringOf = String;
const RealDate = Date;
const RealError = Error;
const RealTypeError = TypeError;
const RealPromise = Promise;
const RealProxy = Proxy;
const RealMap = Map;
const RealSet = Set;
const RealWeakMap = WeakMap;
const RealWeakSet = WeakSet;
const numberIsFinite = Number.isFinite;
const push = uncurry(Array.prototype.push);
const join = uncurry(Array.prototype.join);
const sort = uncurry(Array.prototype.sort);
const indexOf = uncurry(String.prototype.indexOf);
const slice = uncurry(String.prototype.slice);
const split = uncurry(String.prototype.split);
const padStart = uncurry(String.prototype.padStart);
const charCodeAt = uncurry(String.prototype.charCodeAt);
const execute = uncurry(RegExp.prototype.exec);
const functionText = uncurry(Function.prototype.toString);
const mapGet = uncurry(Map.prototype.get);
const mapSet = uncurry(Map.prototype.set);
const mapHas = uncurry(Map.prototype.has);
const mapDelete = uncurry(Map.prototype.delete);
const promiseThen = uncurry(Promise.prototype.then);
const setHas = uncurry(Set.prototype.has);
const setAdd = uncurry(Set.prototype.add);
const setDelete = uncurry(Set.prototype.delete);
const setForEach = uncurry(Set.prototype.forEach);
const weakGet = uncurry(WeakMap.prototype.get);
const weakSet = uncurry(WeakMap.prototype.set);
const weakHas = uncurry(WeakMap.prototype.has);
const weakSetAdd = uncurry(WeakSet.prototype.add);
const weakSetHas = uncurry(WeakSet.prototype.has);
const toPrimitive = Symbol.toPrimitive;
const { mark, now, depth: deepest, members: mostMembers, replyBytes } = settings;

/** An object without a prototype, frozen. */
function bare(properties) {
  const object = create(null);
  const names = objectKeys(properties);
  for (let index = 0; index < names.length; index++) {
    object[names[index]] = properties[names[index]];
  }
  return freeze(object);
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Deeply freezes plain data and functions; what is a proxy of the prelude is left alone, and cannot be changed. */
function freezeDeep(value, seen) {
  if (!isObject(value) || setHas(seen, value) || isOwnProxy(value) || weakSetHas(contextProxies, value)) return;
  setAdd(seen, value);
  try {
    freeze(value);
    const names = ownKeys(value);
    for (let index = 0; index < names.length; index++) {
      const property = getOwnPropertyDescriptor(value, names[index]);
      if (property !== undefined && 'value' in property) freezeDeep(property.value, seen);
    }
  } catch {
    // A proxy that refuses to be frozen belongs to the schema that made it.
  }
}
