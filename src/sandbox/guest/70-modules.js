// Files are modules: evaluated once, when they are imported or when their turn comes.
const modules = [];
const modulePaths = new RealMap();

function defineModule(index, path, templates, program) {
  const exported = create(null);
  const module = { index, path, templates, program, state: 'new', exported, getters: [], holder: create(null) };
  module.holder.exports = create(null);
  module.initial = module.holder.exports;
  modules[index] = module;
  mapSet(modulePaths, path, module);
}

function runModule(index) {
  const module = modules[index];
  if (module.state !== 'new') return;
  module.state = 'running';
  const outer = currentFile;
  currentFile = index;
  try {
    module.program(guestInterface(module));
  } catch (error) {
    noteThrown(error, { file: index, start: 0, end: 0 });
  }
  currentFile = outer;
  module.state = 'done';
  // A second file must not see what a third could change.
  const seen = new RealSet();
  for (let item = 0; item < module.getters.length; item++) {
    try {
      freezeDeep(module.getters[item](), seen);
    } catch {
      // Exported before it has a value.
    }
  }
  freezeDeep(module.holder.exports, seen);
}

/** Relative to the importing file, or to the root of the schema. */
function resolveModule(from, specifier) {
  const folders = split(from.path, '/');
  const base = [];
  for (let index = 0; index < folders.length - 1; index++) push(base, folders[index]);
  const candidates = [joinPath(base, specifier), joinPath([], specifier)];
  for (let index = 0; index < candidates.length; index++) {
    const path = candidates[index];
    if (path === null) continue;
    const found =
      mapGet(modulePaths, path) ?? mapGet(modulePaths, `${path}.js`) ?? mapGet(modulePaths, `${path}/index.js`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** null: outside the schema. */
function joinPath(base, specifier) {
  const parts = [];
  for (let index = 0; index < base.length; index++) push(parts, base[index]);
  const steps = split(specifier, '/');
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index];
    if (step === '' || step === '.') continue;
    if (step !== '..') push(parts, step);
    else if (parts.length === 0) return null;
    else parts.length -= 1;
  }
  return join(parts, '/');
}

function loadModule(from, specifier, names, start, end) {
  const text = `${specifier}`;
  const place = start === undefined ? undefined : { file: from.index, start, end };
  const isLocal = indexOf(text, './') === 0 || indexOf(text, '../') === 0 || indexOf(text, '/') === 0;
  const found = resolveModule(from, text);
  if (found === undefined) {
    throw refusal(
      'schema/unknown-import',
      `there is no schema file '${slice(text, 0, 200)}'`,
      place,
      isLocal
        ? 'imports are relative to the importing file or to the schema folder, and stay inside it'
        : 'packages are not available in schema files; hand data in with compileContext',
    );
  }
  runModule(found.index);
  const exports = exportsOf(found);
  for (let index = 0; names !== undefined && index < names.length; index++) {
    if (!isObject(exports) || !(names[index] in exports)) {
      throw refusal(
        'schema/unknown-import',
        `'${found.path}' does not export '${names[index]}'`,
        place,
        `it exports ${isObject(exports) ? join(objectKeys(exports), ', ') || 'nothing' : 'a value'}`,
      );
    }
  }
  return exports;
}

/** `module.exports` when that was assigned or filled, else what `export` names. */
function exportsOf(module) {
  const { holder, initial, exported } = module;
  if (holder.exports !== initial) {
    const whole = holder.exports;
    if (!isObject(whole) || isOwnProxy(whole) || hasOwn(whole, 'default')) return whole;
    return { __proto__: whole, default: whole };
  }
  const names = objectKeys(initial);
  for (let index = 0; index < names.length; index++) {
    if (!hasOwn(exported, names[index])) exported[names[index]] = initial[names[index]];
  }
  return exported;
}
