// `${CUBE}`, `${member}`, `${Other.member}`, `${Other.sql()}` in code that is evaluated.
const proxies = new RealWeakMap();
/** Parts of COMPILE_CONTEXT: to schema code they are plain objects. */
const contextProxies = new RealWeakSet();

function isOwnProxy(value) {
  return isObject(value) && weakHas(proxies, value);
}

/** What a proxy of the prelude stands for; undefined for any other value. */
function proxied(value) {
  return isObject(value) ? weakGet(proxies, value) : undefined;
}

function denied() {
  throw refusal(
    'schema/changed-reference',
    'references and claims cannot be changed',
    undefined,
    'keep your own values in objects of your own',
  );
}

/** The traps of every proxy of the prelude that would change it or tell where it comes from. */
const unchangeable = freeze({
  __proto__: null,
  getPrototypeOf: () => null,
  set: denied,
  defineProperty: denied,
  deleteProperty: denied,
  setPrototypeOf: denied,
  preventExtensions: denied,
});

function makeReference(path) {
  let text;
  const asText = () => (text ??= addNode(bare({ kind: 'reference', path, source: false })));
  const reference = new RealProxy(() => undefined, {
    __proto__: null,
    get(_target, name) {
      if (name === toPrimitive) return asText;
      if (typeof name === 'symbol') return undefined;
      if (name === 'toString' || name === 'valueOf') return asText;
      return makeReference(freeze([...path, name]));
    },
    apply(_target, _this, [resolve]) {
      // A promise that is resolved with a reference asks it for `then`, and gets no value.
      if (path.length > 1 && path[path.length - 1] === 'then' && typeof resolve === 'function') return resolve();
      if (path.length === 2 && path[1] === 'sql') {
        return addNode(bare({ kind: 'reference', path: freeze([path[0]]), source: true }));
      }
      throw refusal(
        'schema/bad-reference',
        `${join(path, '.')} is a reference and cannot be called`,
        undefined,
        'only ${Cube.sql()} is called',
      );
    },
    has: () => false,
    ownKeys: () => ['length', 'name'],
    ...unchangeable,
  });
  weakSet(proxies, reference, bare({ kind: 'reference', path, source: false }));
  return reference;
}
