// Definitions as text: arrays of keys and values, never objects whose keys are guest names.
let written = 0;
/** The host reads a definition in one go. */
const longestDefinition = 2_000_000;

/** Values are evaluated from the last to the first, to see whether their order matters. */
let isReversed = false;

/** `callback` for each index of a list, in the order of evaluation. */
function inOrder(length, callback) {
  for (let step = 0; step < length; step++) callback(isReversed ? length - 1 - step : step);
}

function finish(reversed) {
  if (needed !== null) return `N${needed}`;
  finishing = true;
  isReversed = reversed;
  for (let index = 0; index < definitions.length; index++) inlineBases(definitions[index]);
  const text = settings.values === null ? finishDefinitions() : finishValues(settings.values);
  // Whatever was made of what could not be read.
  return needed === null ? text : `N${needed}`;
}

function finishDefinitions() {
  const sorted = byFile();
  const lines = [];
  inOrder(sorted.length, (index) => {
    lines[index] = serializeDefinition(sorted[index]);
  });
  const found = [];
  for (let index = 0; index < notes.length; index++) push(found, serializeNote(notes[index]));
  const texts = [`[[${join(found, ',')}],${serializeTrace()}]`];
  for (let index = 0; index < lines.length; index++) if (lines[index] !== null) push(texts, lines[index]);
  return join(texts, '\n');
}

/** The definitions in the order of their files, and of the calls in a file. */
function byFile() {
  const lists = [];
  for (let index = 0; index < definitions.length; index++) {
    push((lists[definitions[index].file] ??= []), definitions[index]);
  }
  const sorted = [];
  for (let file = 0; file < lists.length; file++) {
    for (let index = 0; lists[file] !== undefined && index < lists[file].length; index++) push(sorted, lists[file][index]);
  }
  return sorted;
}

function serializeNote(fields) {
  const parts = [];
  for (let index = 0; index < fields.length; index++) push(parts, jsonText(fields[index]));
  return `[${join(parts, ',')}]`;
}

function serializeDefinition(definition) {
  const { kind, name, file, call, body } = definition;
  currentFile = file;
  currentCube = definition;
  evaluating += 1;
  let line = null;
  try {
    const text = serialize(body, 0, true);
    if (text.length > longestDefinition) {
      throw refusal('schema/too-large', `${slice(name, 0, 100)} is longer than ${longestDefinition} characters when it is written down`, { file, start: -3, end: call }, 'declare several cubes');
    }
    line = `[${cubeKinds[kind]},${jsonText(name)},${file},${call},${text}]`;
  } catch (error) {
    noteThrown(error, { file, start: -3, end: call });
  }
  evaluating -= 1;
  currentCube = null;
  currentSite = null;
  return line;
}

function count(text) {
  written += text.length;
  if (written > replyBytes) {
    throw refusal('schema/too-large', 'the schema is larger than its limit', undefined, 'raise it with sandbox.replyBytes');
  }
  return text;
}

/** A text or a list longer than the whole reply may be is refused before it is looked through. */
function within(value) {
  return value.length > replyBytes ? count(value) : value;
}

function serialize(value, depth, isBody) {
  if (depth > deepest) {
    throw refusal('schema/too-deep', `a definition nests deeper than ${deepest} levels, or contains itself`, { file: currentFile, start: -3, end: currentCube.call }, 'raise it with sandbox.depth');
  }
  switch (typeof value) {
    case 'string':
      return count(serializeText(within(value), depth));
    case 'number':
      return numberIsFinite(value) ? count(StringOf(value)) : opaque('a number that is not finite');
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
    case 'function':
      return value === null ? 'null' : serializeObject(value, depth, isBody);
    default:
      return opaque(typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`);
  }
}

function opaque(what) {
  return count(`[5,${jsonText(what)}]`);
}

function serializeText(text, depth) {
  if (indexOf(text, mark) < 0) {
    if (holdsPartOfMark(text)) throw altered();
    return jsonText(text);
  }
  const lone = loneNode(text);
  if (lone !== undefined && lone.kind === 'static') return `[2,${lone.file},${lone.site}]`;
  if (lone !== undefined && lone.kind === 'site') return serializeSite(lone, depth);
  const { file, site } = currentSite ?? { file: currentFile, site: 0 };
  return orDynamic(file, site, () => `[3,${file},${site}${explore(() => wirePieces(text, null))}]`);
}

function serializeObject(value, depth, isBody) {
  const known = proxied(value);
  if (known !== undefined) return serializeProxy(known, value);
  if (typeof value === 'function') return opaque('a function');
  if (isArray(value)) {
    const items = ['0'];
    inOrder(within(value).length, (index) => {
      items[index + 1] = serialize(value[index], depth + 1, false);
    });
    return `[${join(items, ',')}]`;
  }
  const prototype = getPrototypeOf(value);
  if (prototype !== ObjectPrototype && prototype !== null) {
    if (!isBody) return opaque('an instance of a class');
    throw refusal('schema/not-plain-object', 'a cube must be a plain object: what a class defines is lost', { file: currentFile, start: -3, end: currentCube.call }, 'spread it: { ...object }');
  }
  const items = [];
  const names = objectKeys(value);
  inOrder(names.length, (index) => {
    const item = value[names[index]];
    if (item !== undefined) items[index] = `,${count(jsonText(names[index]))},${serialize(item, depth + 1, false)}`;
  });
  return `[1${join(items, '')}]`;
}

function serializeProxy(known, value) {
  const { file, site } = currentSite ?? { file: currentFile, site: 0 };
  if (known.kind === 'reference') {
    const names = [];
    for (let index = 0; index < known.path.length; index++) push(names, jsonText(known.path[index]));
    return count(`[4,${file},${site},${join(names, ',')}]`);
  }
  return `[3,${file},${site}${wirePieces(`${interpolation(value)}`, null)}]`;
}

/** Evaluates a site for the current cube: a template's text is known, so only its holes run. */
function serializeSite(node, depth) {
  const outer = currentSite;
  currentSite = node;
  let text;
  try {
    text = orDynamic(node.file, node.site, () =>
      node.template === null
        ? evaluatedValue(node, depth)
        : `[3,${node.file},${node.site}${templatePieces(node, node.file)}]`,
    );
  } catch (error) {
    noteThrown(error);
    text = opaque('a value that could not be evaluated');
  }
  currentSite = outer;
  return count(text);
}

/** Any value; one that depends on claims has to be SQL. */
function evaluatedValue(node, depth) {
  let whole = null;
  const pieces = explore(() => {
    const current = run;
    const value = node.thunk();
    if (current.decisions.length === 0) {
      whole = serialize(value, depth + 1, false);
      return '';
    }
    const fragment = asFragment(value);
    if (fragment === null) {
      throw refusal('schema/bad-sql', 'a value that depends on claims is no SQL text', currentPlace(), 'only SQL can depend on claims');
    }
    return wirePieces(fragment, null);
  });
  return whole ?? `[3,${node.file},${node.site}${pieces}]`;
}

/** Pieces of an evaluated template; its texts as offsets when they are read in `file`. */
function templatePieces(node, file) {
  const [quasis, spans] = node.template;
  const holes = [];
  inOrder(spans.length, (index) => {
    const span = file === node.file ? spans[index] : null;
    holes[index] = explore(() => {
      const value = interpolation(node.thunks[index]());
      return wirePieces(typeof value === 'string' ? value : `${value}`, span);
    });
  });
  let text = '';
  for (let index = 0; index < quasis.length; index++) {
    const [quasi, start] = quasis[index];
    if (quasi !== '') {
      text += start >= 0 && file === node.file ? `,[0,${start},${start + quasi.length}]` : `,${jsonText(quasi)}`;
    }
    if (index < spans.length) text += holes[index];
  }
  return text;
}

/** Pieces of a text, each with a comma before it. `span`: where the text's nodes stand. */
function wirePieces(text, span) {
  let pieces = '';
  walkText(
    within(text),
    (plain) => {
      pieces += `,${jsonText(plain)}`;
    },
    (node) => {
      pieces += wireNode(node, span);
    },
  );
  return count(pieces);
}

function wireNode(node, span) {
  const place = span === null ? '-1,-1' : `${span[0]},${span[1]}`;
  switch (node.kind) {
    case 'static':
      return `,[8,${node.file},${node.site}]`;
    case 'site':
      return splicedSite(node);
    case 'reference':
      return `,[1,${place},${node.source ? 1 : 0}${names(node.path)}]`;
    case 'claim':
      return `,[4,${place}${names(node.path)}]`;
    case 'unsafe':
      return `,[5,${place}${names(node.path)}]`;
    case 'placeholder':
      return node.index >= 0 ? `,[6,${node.index}]` : ',[6]';
    case 'argument':
      return `,[11,${node.index}]`;
    case 'local-time':
      return `,[10,${place}${wirePieces(node.operand, null)}]`;
    case 'query-filter':
      return `,[9,${place}${memberFilters(node.filters)}]`;
    case 'list':
      return `,[7,${jsonText(node.separator)}${wirePieces(node.item, null)}]`;
    case 'filter': {
      const claim = `${node.path.length}${names(node.path)}`;
      return `,[2,${place},${node.required ? 1 : 0},${claim}${wirePieces(node.column, null)}]`;
    }
    default: {
      const claim = `${node.path.length}${names(node.path)}`;
      const traces = `${traceText(node.scalar)},${traceText(node.list)}`;
      return `,[3,${place},${node.required ? 1 : 0},${claim},${jsonText(node.text)},${traces}]`;
    }
  }
}

function memberFilters(filters) {
  let text = '';
  for (let index = 0; index < filters.length; index++) {
    const { path, parameters, takesList, text: sql } = filters[index];
    text += `,[${slice(names(path), 1)},${parameters},${takesList ? 1 : 0}${wirePieces(sql, null)}]`;
  }
  return text;
}

function traceText(text) {
  return text === null ? '0' : `[${slice(wirePieces(text, null), 1)}]`;
}

function names(path) {
  let text = '';
  for (let index = 0; index < path.length; index++) text += `,${jsonText(path[index])}`;
  return text;
}
