// Findings are noted before they are thrown: no `catch` of schema code can hide one.
const notes = [];
const ownErrors = new RealWeakSet();
/** Rejections of host functions: their text is of the prelude, and tells nothing of the host. */
const hostErrors = new RealWeakSet();
const mostNotes = 200;
/** Files that did not run as written: what they would have declared, or changed in others, is not known. */
const failedFiles = new RealSet();
let finishing = false;
/** Where evaluation is: the file that runs, the site that is evaluated, the cube it belongs to. */
let currentFile = 0;
let currentSite = null;
let currentCube = null;

/** `start` -10 - n: line n of the file, whose offset the runner knows. */
function note(code, message, place, help = '', severity = 0) {
  const { file, start, end } = place ?? placeOfStack();
  if (severity === 0 && !finishing) {
    setAdd(failedFiles, file);
    setAdd(failedFiles, currentFile);
  }
  if (notes.length >= mostNotes) return;
  // A value that is evaluated several times finds the same thing several times.
  for (let index = 0; index < notes.length; index++) {
    const known = notes[index];
    if (known[0] === code && known[3] === file && known[4] === start && known[5] === end && known[2] === slice(message, 0, 1500)) return;
  }
  push(notes, [code, severity, slice(message, 0, 1500), file, start, end, slice(help, 0, 500)]);
}

/** Notes a finding and gives the error to throw. */
function refusal(code, message, place, help) {
  note(code, message, place, help);
  const error = new RealTypeError(message);
  weakSetAdd(ownErrors, error);
  return error;
}

/** The innermost line of schema code on the stack; else the site, else the file. */
function placeOfStack() {
  let found = null;
  try {
    const stack = new RealError('').stack;
    if (typeof stack === 'string') found = schemaLine(stack);
  } catch {
    // A schema may have replaced how stacks are made.
  }
  if (found) return { file: +found[1], start: -10 - +found[2], end: 0 };
  return currentPlace();
}

/** `[match, file, line]` of the innermost line that is no line of an extension; of that where an extension runs by itself. */
function schemaLine(stack) {
  let innermost = null;
  let rest = slice(stack, 0, 10_000);
  for (;;) {
    const found = execute(/schema:(\d{1,6}):(\d{1,9}):\d/, rest);
    if (found === null) return isOfSchema(currentPlace().file) ? null : innermost;
    innermost ??= found;
    if (isOfSchema(found[1])) return found;
    rest = slice(rest, found.index + found[0].length);
  }
}

function isOfSchema(file) {
  const module = modules[file];
  return module !== undefined && indexOf(module.path, 'cubewright:') !== 0;
}

function currentPlace() {
  if (currentSite !== null) {
    // What an extension makes is evaluated for the cube that asked for it.
    const isForCube = currentCube !== null && !isOfSchema(currentSite.file);
    if (isForCube) return { file: currentCube.file, start: -3, end: currentCube.call };
    return { file: currentSite.file, start: -1, end: currentSite.site };
  }
  return { file: currentFile, start: 0, end: 0 };
}

/** Notes what schema code threw, unless that has been noted already. */
function noteThrown(error, place) {
  if (isObject(error) && weakSetHas(ownErrors, error)) return;
  let found = null;
  let text = 'an error without a text';
  try {
    if (isObject(error)) {
      text = StringOf(error.message);
      const stack = error.stack;
      if (typeof stack === 'string') found = schemaLine(stack);
    } else text = StringOf(error);
  } catch {
    // Reading an error can run schema code, which can throw again.
  }
  const line = found ? { file: +found[1], start: -10 - +found[2], end: 0 } : (place ?? currentPlace());
  if (isObject(error) && weakSetHas(hostErrors, error)) note('schema/host-function', slice(text, 0, 500), line);
  else note('schema/throws', `the schema throws: ${slice(text, 0, 500)}`, line);
}
