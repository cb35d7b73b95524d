// `extends: Funnels.eventFunnel({ ... })` and `extends: cube({ ... })`: a base that has no name is taken
// into the cube before anything of the cube is evaluated.
const mergedKeys = freeze(['measures', 'dimensions', 'segments']);

function inlineBases(definition) {
  for (let level = 0; level <= deepest; level++) {
    const base = namelessBase(definition);
    if (base === undefined) return;
    definition.body = mergeBody(base, definition.body);
  }
  note('schema/too-deep', `${definition.name} extends itself`, { file: definition.file, start: -3, end: definition.call });
}

/** What `extends` evaluates to, when that is an object and no cube. */
function namelessBase(definition) {
  const noted = notes.length;
  const outerCube = currentCube;
  const outerFile = currentFile;
  currentCube = definition;
  currentFile = definition.file;
  evaluating += 1;
  let base;
  try {
    const written = definition.body.extends;
    const node = typeof written === 'string' ? loneNode(written) : undefined;
    const value = node !== undefined && node.kind === 'site' && node.template === null ? node.thunk() : written;
    if (isPlainBody(value)) base = value;
  } catch {
    // It is evaluated once more where it stands, and noted there.
    notes.length = noted;
  }
  evaluating -= 1;
  currentCube = outerCube;
  currentFile = outerFile;
  return base;
}

/** The cube's own values win; measures, dimensions and segments are merged by name. */
function mergeBody(base, body) {
  const merged = create(null);
  copyValues(base, merged);
  const inherited = base.extends;
  copyValues(body, merged);
  set(merged, 'extends', inherited);
  for (let index = 0; index < mergedKeys.length; index++) {
    const key = mergedKeys[index];
    if (!isPlainBody(base[key]) || !isPlainBody(body[key])) continue;
    const members = create(null);
    copyValues(base[key], members);
    copyValues(body[key], members);
    set(merged, key, members);
  }
  return merged;
}

function copyValues(from, to) {
  const names = objectKeys(from);
  for (let index = 0; index < names.length; index++) {
    const value = from[names[index]];
    if (value !== undefined) set(to, names[index], value);
  }
}

function set(object, name, value) {
  defineProperty(object, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
}
