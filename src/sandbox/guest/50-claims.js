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

/** A claim's value is read in a way that cannot be recorded: the value is evaluated for each user. */
function dynamic(path, what) {
  hasDecided = true;
  if (run === null) {
    return refusal(
      'schema/dynamic-context',
      `${what} ${claimName(path)}, which has no value while the schema is compiled`,
      undefined,
      atQueryTime,
    );
  }
  // Noted before the schema could catch anything.
  if (sent === null) firstRead ??= bare({ noted: notes.length });
  else needed ??= `[0${names(path)}]`;
  const error = new RealTypeError('a claim has no value here');
  weakSetAdd(ownErrors, error);
  return error;
}

/** Claims that the host has sent for one evaluation, `[path, value]`; null while files are compiled. */
const sent = settings.claims === null ? null : sentClaims();
/** JSON text of what was read first and had not been sent: `[0, ...claim]`, `[1, whole, ...path]` of the compile context. */
let needed = null;
/** Set once a value has read a claim: what came before is the same for every user. */
let firstRead = null;

function sentClaims() {
  const claims = jsonParse(settings.claims);
  freezeDeep(claims, new RealSet());
  return claims;
}

/** The value of a claim, in an evaluation for one user. */
function readValue(path, what) {
  for (let index = 0; sent !== null && run !== null && index < sent.length; index++) {
    const claim = sent[index];
    if (!beginsWith(path, claim[0])) continue;
    let value = claim[1];
    for (let step = claim[0].length; step < path.length; step++) value = ownValueOf(value, path[step]);
    return value;
  }
  throw dynamic(path, what);
}

function beginsWith(path, start) {
  for (let index = 0; index < start.length; index++) if (path[index] !== start[index]) return false;
  return start.length <= path.length;
}

function ownValueOf(holder, name) {
  return typeof holder === 'object' && holder !== null && hasOwn(holder, name) ? holder[name] : undefined;
}

const claimMethods = freeze(['filter', 'requiredFilter', 'unsafeValue']);

function makeClaim(path) {
  const asText = (hint) => {
    if (hint === 'number') return readValue(path, 'the schema calculates with');
    if (path.length === 0) return jsonText(readValue(path, 'the schema reads the whole of'));
    return addNode(bare({ kind: 'claim', path }));
  };
  const claim = new RealProxy(create(null), {
    __proto__: null,
    get(_target, name) {
      if (name === toPrimitive) return asText;
      if (typeof name === 'symbol') {
        if (name !== Symbol.iterator) return undefined;
        const value = readValue(path, 'the schema loops over');
        return isArray(value) ? () => value[Symbol.iterator]() : undefined;
      }
      if (name === 'toJSON') return () => readValue(path, 'the schema writes down');
      if (name === 'filter' || name === 'requiredFilter') {
        return (...values) => makeFilter(path, name === 'requiredFilter', values);
      }
      if (name === 'unsafeValue') return () => makeUnsafe(path);
      return makeClaim(freeze([...path, name]));
    },
    has: (_target, name) => isObject(readValue(path, 'the schema asks for a property of')) && hasOwn(readValue(path, ''), name),
    ownKeys: () => {
      const value = readValue(path, 'the schema lists the properties of');
      return isObject(value) ? objectKeys(value) : [];
    },
    getOwnPropertyDescriptor: (_target, name) => {
      const value = readValue(path, 'the schema inspects');
      if (!isObject(value) || !hasOwn(value, name)) return undefined;
      return { value: makeClaim(freeze([...path, name])), enumerable: true, configurable: true, writable: false };
    },
    ...unchangeable,
  });
  weakSet(proxies, claim, bare({ kind: 'claim', path }));
  return claim;
}

/** `unsafeValue()` outside an interpolation reads a value that does not exist yet. */
function makeUnsafe(path) {
  if (sent !== null && run !== null) return readValue(path, 'the schema reads the value of');
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
    ...unchangeable,
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
