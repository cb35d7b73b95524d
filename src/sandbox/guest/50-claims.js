// A claim has no value while files are compiled, and reveals nothing: it becomes a filter, a bound
// parameter or a text of the template, and anything else that looks at it is refused.
const atQueryTime = 'claims have values when a query is made; filter by one: ${SECURITY_CONTEXT.id.filter("user_id")}';

function claimName(path) {
  return join(['SECURITY_CONTEXT', ...path], '.');
}

/** What a proxy stands for, as its author wrote it. */
function nameOf({ kind, path }) {
  return kind === 'query' ? join(['FILTER_PARAMS', ...path], '.') : claimName(path);
}

function dynamic(path, what) {
  return refusal(
    'schema/dynamic-context',
    `${what} ${claimName(path)}, which has no value while the schema is compiled`,
    undefined,
    atQueryTime,
  );
}

const claimMethods = freeze(['filter', 'requiredFilter', 'unsafeValue']);

function makeClaim(path) {
  const asText = (hint) => {
    if (hint === 'number') throw dynamic(path, 'the schema calculates with');
    if (path.length === 0) throw dynamic(path, 'the schema reads the whole of');
    return addNode(bare({ kind: 'claim', path }));
  };
  const reads = (what) => () => {
    throw dynamic(path, what);
  };
  const claim = new RealProxy(create(null), {
    __proto__: null,
    get(_target, name) {
      if (name === toPrimitive) return asText;
      if (typeof name === 'symbol') {
        if (name === Symbol.iterator) throw dynamic(path, 'the schema loops over');
        return undefined;
      }
      if (name === 'filter' || name === 'requiredFilter') {
        return (...values) => makeFilter(path, name === 'requiredFilter', values);
      }
      if (name === 'unsafeValue') return () => makeUnsafe(path);
      return makeClaim(freeze([...path, name]));
    },
    has: reads('the schema asks for a property of'),
    ownKeys: reads('the schema lists the properties of'),
    getOwnPropertyDescriptor: reads('the schema inspects'),
    getPrototypeOf: () => null,
    set: denied,
    defineProperty: denied,
    deleteProperty: denied,
    setPrototypeOf: denied,
    preventExtensions: denied,
  });
  weakSet(proxies, claim, bare({ kind: 'claim', path }));
  return claim;
}

/** `unsafeValue()` outside an interpolation reads a value that does not exist yet. */
function makeUnsafe(path) {
  if (path.length === 0) throw dynamic(path, 'the schema reads the whole of');
  const reads = () => {
    throw dynamic(path, 'the schema reads the value of');
  };
  const value = new RealProxy(create(null), {
    __proto__: null,
    get: reads,
    has: reads,
    ownKeys: reads,
    getOwnPropertyDescriptor: reads,
    getPrototypeOf: () => null,
    set: denied,
    defineProperty: denied,
    deleteProperty: denied,
    setPrototypeOf: denied,
    preventExtensions: denied,
  });
  weakSet(proxies, value, bare({ kind: 'unsafe', path }));
  return value;
}

/** An interpolation of a template: `unsafeValue()` may stand there directly. */
function interpolation(value) {
  const known = proxied(value);
  return known !== undefined && known.kind === 'unsafe'
    ? addNode(bare({ kind: 'unsafe', path: known.path }))
    : value;
}
