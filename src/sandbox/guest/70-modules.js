// Files are modules: evaluated once, when they are imported or when their turn comes. Which file an
// import means was found before anything ran, so no code decides about it here.
const modules = [];
/** Pairs of files: a function of the second defined a cube for the first. Imports are known without. */
const links = new RealSet();

function noteLink(from, to) {
  if (from !== to) setAdd(links, `${from},${to}`);
}

/** A cube's name is no way to reach into its file. */
function exportsAnything({ names, holder, initial }) {
  return names.length > 0 || holder.exports !== initial || ownKeys(initial).length > 0;
}

/** `links[n]`: the file of the n-th import (-1: none) and its names, `[property, name, start, end]`. */
function defineModule(index, { path, isBroken, names, cubes: ownCubes, stars, links }, templates, program) {
  const holder = create(null);
  holder.exports = create(null);
  modules[index] = {
    index,
    path,
    templates,
    program,
    names,
    cubes: new RealSet(ownCubes),
    stars,
    links,
    state: isBroken ? 'failed' : 'new',
    getters: new RealMap(),
    namespace: null,
    holder,
    initial: holder.exports,
  };
}

function runModule(index) {
  const module = modules[index];
  if (module.state !== 'new') return;
  module.state = 'running';
  const outer = currentFile;
  currentFile = index;
  try {
    module.program(guestInterface(module));
    module.state = 'done';
  } catch (error) {
    noteThrown(error, { file: index, start: 0, end: 0 });
    module.state = 'failed';
  }
  currentFile = outer;
}

/** What was wrong has been noted where it is; what only misses it is not reported again. */
function silence() {
  const error = new RealTypeError('a file that is imported could not be evaluated');
  weakSetAdd(ownErrors, error);
  return error;
}

function importedModule(module, number) {
  const [target] = module.links[number];
  if (target < 0) throw silence();
  runModule(target);
  return modules[target];
}

/** The names of one import statement, each read anew: bindings are live. */
function importRecord(module, number) {
  const source = importedModule(module, number);
  const names = module.links[number][1];
  const record = create(null);
  for (let index = 0; index < names.length; index++) {
    const [property, name, start, end] = names[index];
    const place = { file: module.index, start, end };
    const get = () => {
      if (name === null) throw silence();
      return readExport(module, source, name, place);
    };
    defineProperty(record, property, { __proto__: null, get, enumerable: true, configurable: true });
  }
  return freeze(record);
}

/** `require`, `import *`: what `module.exports` became, or a namespace. */
function importWhole(module, number) {
  const source = importedModule(module, number);
  return shared(usesModuleExports(source) ? source.holder.exports : namespaceOf(source));
}

function usesModuleExports({ holder, initial, names }) {
  return holder.exports !== initial || (names.length === 0 && ownKeys(initial).length > 0);
}

function namespaceOf(module) {
  if (module.namespace !== null) return module.namespace;
  const namespace = create(null);
  const names = exportedNames(module, true, new RealSet(), new RealSet());
  setForEach(names, (name) => {
    const get = () => readExport(modules[currentFile], module, name, undefined);
    defineProperty(namespace, name, { __proto__: null, get, enumerable: true, configurable: true });
  });
  module.namespace = freeze(namespace);
  return namespace;
}

function exportedNames(module, withDefault, names, seen) {
  if (setHas(seen, module)) return names;
  setAdd(seen, module);
  for (let index = 0; index < module.names.length; index++) {
    if (withDefault || module.names[index] !== 'default') setAdd(names, module.names[index]);
  }
  setForEach(module.cubes, (name) => setAdd(names, name));
  for (let index = 0; index < module.stars.length; index++) {
    const [target] = module.links[module.stars[index]];
    if (target >= 0) exportedNames(modules[target], false, names, seen);
  }
  return names;
}

function readExport(reader, source, name, place) {
  const found = findExport(source, name, new RealSet());
  if (found === undefined) {
    if (source.state === 'failed') throw silence();
    if (source.state === 'running') throw cycle(reader, source, name, place);
    throw refusal('schema/unknown-export', `'${source.path}' does not export '${name}'`, place, exportHelp(source));
  }
  const { module, read } = found;
  if (read === undefined) throw module.state === 'failed' ? silence() : cycle(reader, module, name, place);
  let value;
  try {
    value = read();
  } catch (error) {
    if (isObject(error) && weakSetHas(ownErrors, error)) throw error;
    // Read before the statement that gives it a value.
    if (module.state === 'failed') throw silence();
    if (module.state === 'running') throw cycle(reader, module, name, place);
    throw error;
  }
  return shared(value);
}

/** A second file must not see what a third could change. */
function shared(value) {
  if (isObject(value) && !weakSetHas(sharedValues, value)) {
    weakSetAdd(sharedValues, value);
    freezeDeep(value, new RealSet());
  }
  return value;
}

const sharedValues = new RealWeakSet();

function exportHelp(module) {
  const names = [];
  const whole = module.holder.exports;
  if (isObject(whole)) push(names, ...objectKeys(whole));
  return names.length === 0 ? 'it exports nothing' : `it exports ${join(names, ', ')}`;
}

/** The file that a name comes from, and how it is read; without `read` it has not begun to run. */
function findExport(module, name, seen) {
  if (setHas(seen, module)) return undefined;
  setAdd(seen, module);
  const read = mapGet(module.getters, name);
  if (read !== undefined) return { module, read };
  for (let index = 0; index < module.names.length; index++) {
    if (module.names[index] === name) return { module, read: undefined };
  }
  if (usesModuleExports(module)) {
    const { exports } = module.holder;
    if (name === 'default' && !(isObject(exports) && !isOwnProxy(exports) && hasOwn(exports, 'default'))) {
      return { module, read: () => exports };
    }
    if (isObject(exports) && name in exports) return { module, read: () => exports[name] };
  }
  for (let index = 0; name !== 'default' && index < module.stars.length; index++) {
    const [target] = module.links[module.stars[index]];
    const found = target < 0 ? undefined : findExport(modules[target], name, seen);
    if (found !== undefined) return found;
  }
  return setHas(module.cubes, name) ? { module, read: () => makeReference(freeze([name])) } : undefined;
}

function cycle(reader, module, name, place) {
  const paths = wayBetween(module, reader);
  if (paths.length > 0) push(paths, module.path);
  return refusal(
    'schema/import-cycle',
    `'${name}' of '${module.path}' is used before it has a value: ${paths.length > 2 ? 'the files import each other' : 'the file is still being evaluated'}`,
    place,
    `${paths.length > 1 ? `${join(paths, ' imports ')}; ` : ''}move what both need to a file of its own`,
  );
}

/** Paths from one file to another along their imports, both included; empty when there is no way. */
function wayBetween(from, to) {
  const queue = [{ module: from, before: null }];
  const seen = new RealSet();
  setAdd(seen, from);
  for (let at = 0; at < queue.length; at++) {
    const { module } = queue[at];
    if (module === to) {
      const paths = [];
      for (let step = queue[at]; step !== null; step = step.before) push(paths, step.module.path);
      return reversed(paths);
    }
    for (let index = 0; index < module.links.length; index++) {
      const next = modules[module.links[index][0]];
      if (next === undefined || setHas(seen, next)) continue;
      setAdd(seen, next);
      push(queue, { module: next, before: queue[at] });
    }
  }
  return [];
}

function reversed(list) {
  const result = [];
  for (let index = list.length - 1; index >= 0; index--) push(result, list[index]);
  return result;
}
