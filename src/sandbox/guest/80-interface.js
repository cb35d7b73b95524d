// What schema code can call: the words of the schema language, and the interface that the rewriter
// puts in its place. See guest-abi.
const definitions = [];
const cubes = new RealMap();
const cubeKinds = bare({ cube: 0, view: 1, context: 2 });
const definers = new RealWeakMap();
/** Cubes of files that are not evaluated this time. */
const otherCubes = new RealSet(settings.others.cubes);
/** By file: the names that were looked up among cubes and members. */
const lookups = [];
let evaluating = 0;

function define(kind, file, call, values) {
  const place = { file, start: -3, end: call };
  const [name, body] = values;
  // Without a name it is no cube of the schema, but a base for others.
  if (kind === 'cube' && values.length === 1 && isPlainBody(name)) return name;
  if (typeof name !== 'string' || !isPlainBody(body)) {
    throw refusal(
      'schema/bad-call',
      `${kind}() takes a name and an object`,
      place,
      kind === 'context' ? 'context(`Sales`, { contextMembers: [Orders] })' : `${kind}(\`Orders\`, { sql: \`SELECT * FROM orders\` })`,
    );
  }
  if (evaluating > 0) {
    throw refusal('schema/bad-call', `${kind}() is called while SQL is evaluated`, place, 'call it in the file itself');
  }
  if (definitions.length >= mostMembers) {
    throw refusal('schema/too-many-members', `the schema has more than ${mostMembers} cubes`, place, 'raise it with sandbox.members');
  }
  // A function of one file can define cubes for another one that calls it.
  noteLink(currentFile, file);
  const definition = { kind, name, file, call, body, order: definitions.length, names: null };
  push(definitions, definition);
  if (kind === 'cube' && !mapHas(cubes, name)) mapSet(cubes, name, definition);
  return makeReference(freeze([name]));
}

function isPlainBody(value) {
  return typeof value === 'object' && value !== null && !isOwnProxy(value) && !isArray(value);
}

function callDefiner(kind, file, call, values) {
  return kind === 'asyncModule' ? queueAsyncModule(file, call, values) : define(kind, file, call, values);
}

function makeDefiner(kind) {
  const definer = (...values) => callDefiner(kind, currentFile, 0, values);
  weakSet(definers, definer, kind);
  return definer;
}

/** The interface of one file. */
function guestInterface(module) {
  const { index, templates } = module;
  const site = (number, more) => addNode(bare({ kind: 'site', file: index, site: number, ...more }));
  const statics = [];
  return bare({
    file: index,
    // A static site is one node however often its literal is evaluated.
    s: (number) => (statics[number] ??= addNode(freeze({ __proto__: null, kind: 'static', file: index, site: number }))),
    t: (number, thunks) => site(number, { template: templates[number], thunks }),
    v: (number, thunk) => site(number, { template: null, thunk }),
    f: (number, names, target) => site(number, { template: null, thunk: () => callWithReferences(names, target) }),
    n: (name) => lookup(name),
    b: (name, value) => bound(name, value, index),
    c: checkCondition,
    k: checkEquality,
    y: checkType,
    o: checkOther,
    u: interpolation,
    w: (text, target, takesList) => {
      if (typeof target === 'function') {
        weakSet(functionTexts, target, text);
        if (takesList) weakSetAdd(listFunctions, target);
      }
      return target;
    },
    d: (call, definer) => {
      const kind = isObject(definer) ? weakGet(definers, definer) : undefined;
      return kind === undefined ? definer : (...values) => callDefiner(kind, index, call, values);
    },
    r: (number) => importWhole(module, number),
    q: () => {
      throw silence();
    },
    i: (number) => importRecord(module, number),
    e: (name, read) => mapSet(module.getters, name, read),
    m: module.holder,
  });
}

/** `(CUBE, count) => ...` is called with what its parameters are named after. */
function callWithReferences(names, target) {
  const values = [];
  for (let index = 0; index < names.length; index++) push(values, lookup(names[index]));
  return reflectApply(target, undefined, values);
}

const contextWords = new RealSet(settings.contextWords);
const contextWordsOfColumns = new RealSet(settings.contextWordsOfColumns);

/** A free name in SQL: the context, a member of the cube, a cube, or a global of the language. */
function lookup(name) {
  if (setHas(contextWords, name) && !(setHas(contextWordsOfColumns, name) && isModelName(name))) return securityContext;
  if (name === 'CUBE' || name === 'TABLE') return makeReference(freeze([name]));
  if (!isModelName(name) && hasOwn(globalThis, name)) return globalThis[name];
  return makeReference(freeze([name]));
}

/** A name of the file in SQL: a member or a cube of that name wins, as in the original. */
function bound(name, value, file) {
  if (!isModelName(name)) return value;
  const known = proxied(value);
  if (known !== undefined && known.kind === 'reference' && known.path.length === 1 && known.path[0] === name) {
    return value;
  }
  note(
    'schema/shadowed-name',
    `'${name}' means the member or cube of that name here, not the value in the file`,
    currentPlace() ?? { file, start: 0, end: 0 },
    'rename the value in the file',
    1,
  );
  return makeReference(freeze([name]));
}

function isModelName(name) {
  setAdd((lookups[currentFile] ??= new RealSet()), name);
  if (mapHas(cubes, name) || setHas(otherCubes, name)) return true;
  return currentCube !== null && setHas(memberNames(currentCube, new RealSet()), name);
}

/** Names of a cube's members, those that it inherits too. */
function memberNames(cube, seen) {
  if (cube.names !== null) return cube.names;
  const names = new RealSet();
  if (setHas(seen, cube)) return names;
  setAdd(seen, cube);
  for (let index = 0; index < memberKeys.length; index++) {
    const members = cube.body[memberKeys[index]];
    if (!isObject(members)) continue;
    const found = objectKeys(members);
    for (let item = 0; item < found.length; item++) setAdd(names, found[item]);
  }
  const base = baseOf(cube);
  if (base !== undefined) setForEach(memberNames(base, seen), (name) => setAdd(names, name));
  cube.names = names;
  return names;
}

const memberKeys = freeze(['measures', 'dimensions', 'segments']);

function baseOf(cube) {
  const written = cube.body.extends;
  const known = proxied(written);
  if (known !== undefined) return mapGet(cubes, known.path[0]);
  if (typeof written !== 'string') return undefined;
  const node = loneNode(written);
  if (node === undefined) return mapGet(cubes, written);
  if (node.kind === 'static') return mapGet(cubes, mapGet(staticNames, `${node.file} ${node.site}`));
  return node.kind === 'site' && node.template === null ? evaluatedBase(node) : undefined;
}

/** `extends: Base` with an imported `Base`, or one that the file keeps. */
function evaluatedBase(node) {
  if (findingBase) return undefined;
  const noted = notes.length;
  findingBase = true;
  let base;
  try {
    const known = proxied(node.thunk());
    if (known !== undefined && known.kind === 'reference') base = mapGet(cubes, known.path[0]);
  } catch {
    // It is evaluated once more where it stands.
  }
  findingBase = false;
  // What was found there is noted there.
  notes.length = noted;
  return base;
}

let findingBase = false;

const staticNames = new RealMap();
const securityContext = makeClaim(freeze([]));
