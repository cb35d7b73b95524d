// Values that read claims: told apart when files are compiled, and evaluated for one user.

/** A value that reads claims is left for each query, whatever it made of what it could not read. */
function orDynamic(file, site, make) {
  if (run !== null) return make();
  firstRead = null;
  let text;
  try {
    text = make();
  } catch (error) {
    if (firstRead === null) throw error;
  }
  if (firstRead === null) return text;
  notes.length = firstRead.noted;
  firstRead = null;
  return count(`[6,${file},${site}]`);
}

/** The values that a query needs, evaluated for one user: a line each. */
function finishValues(values) {
  const lines = [];
  for (let index = 0; index < values.length; index++) push(lines, serializeValueAt(values[index]));
  const found = [];
  for (let index = 0; index < notes.length; index++) push(found, serializeNote(notes[index]));
  return join([`[[${join(found, ',')}],${serializeTrace()}]`, ...lines], '\n');
}

/** `path`: a cube, and the properties that lead to the value. */
function serializeValueAt(path) {
  const definition = mapGet(cubes, path[0]);
  let value = definition === undefined ? undefined : definition.body;
  for (let index = 1; index < path.length; index++) {
    const property = isObject(value) && !isOwnProxy(value) ? getOwnPropertyDescriptor(value, path[index]) : undefined;
    value = property === undefined ? undefined : property.value;
  }
  if (typeof value !== 'string') return opaque('nothing');
  currentFile = definition.file;
  currentCube = definition;
  evaluating += 1;
  let text;
  try {
    text = serialize(value, path.length, false);
  } catch (error) {
    noteThrown(error, { file: definition.file, start: -3, end: definition.call });
    text = opaque('a value that could not be evaluated');
  }
  evaluating -= 1;
  currentCube = null;
  currentSite = null;
  return text;
}

let splices = 0;

/** An evaluated value inside another text: its pieces, evaluated for the current cube. */
function splicedSite(node) {
  splices += 1;
  if (splices > deepest) throw refusal('schema/too-deep', 'values contain each other', undefined);
  let text;
  if (node.template !== null) text = templatePieces(node, -1);
  else {
    const value = node.thunk();
    const fragment = asFragment(value);
    if (fragment === null) throw refusal('schema/bad-sql', 'a value inside SQL is no text', undefined);
    text = wirePieces(fragment, null);
  }
  splices -= 1;
  return text;
}
