// asyncModule() and host functions. A call leaves the isolate as text, and its answer comes as text in
// a later run; in between nothing of the schema runs. Answers come in the order of the calls, one a run,
// so that a schema only depends on what they say.
const asyncModules = [];
let nextAsync = 0;
let runningAsync = null;
const pendingCalls = new RealMap();
let outgoingCalls = [];
let callCount = 0;
let answered = 0;
let isOverCalls = false;

function queueAsyncModule(file, call, values) {
  const place = { file, start: -3, end: call };
  const [target] = values;
  if (typeof target !== 'function' || isOwnProxy(target)) {
    throw refusal('schema/bad-call', 'asyncModule() takes a function', place, 'asyncModule(async () => { ... })');
  }
  if (evaluating > 0) {
    throw refusal('schema/bad-call', 'asyncModule() is called while SQL is evaluated', place, 'call it in the file itself');
  }
  if (asyncModules.length >= mostMembers) {
    throw refusal('schema/too-many-members', `the schema has more than ${mostMembers} async modules`, place, 'raise it with sandbox.members');
  }
  push(asyncModules, { file, place, target });
}

/** One step: an answer, or the next async module. What it sets free runs when this script has ended. */
function stepAsync(answer) {
  if (answer !== undefined) return settleCall(answer);
  if (runningAsync !== null || nextAsync >= asyncModules.length) return undefined;
  const item = asyncModules[nextAsync++];
  runningAsync = item;
  currentFile = item.file;
  const end = () => {
    if (runningAsync === item) runningAsync = null;
  };
  const fail = (error) => {
    noteThrown(error, item.place);
    end();
  };
  try {
    const result = reflectApply(item.target, undefined, []);
    promiseThen(new RealPromise((resolve) => resolve(result)), end, fail);
  } catch (error) {
    fail(error);
  }
  return undefined;
}

/** JSON text of `[state, file, calls]`: 0 nothing is left, 1 another step, 2 an answer is waited for. */
function asyncState() {
  // The run has stopped: nothing that it asks for leaves it.
  if (needed !== null) return `[0,${currentFile},[]]`;
  const calls = outgoingCalls;
  outgoingCalls = [];
  let state = 2;
  if (answered === callCount) {
    if (runningAsync !== null) noteUnsettled(runningAsync);
    runningAsync = null;
    state = nextAsync < asyncModules.length ? 1 : 0;
  } else if (runningAsync === null && nextAsync < asyncModules.length) state = 1;
  const texts = [];
  for (let index = 0; index < calls.length; index++) push(texts, calls[index]);
  return `[${state},${currentFile},[${join(texts, ',')}]]`;
}

function noteUnsettled({ place }) {
  note(
    'schema/async-unsettled',
    'this async module never ends: it awaits a promise that nothing is left to settle',
    place,
    'await host functions of sandbox.functions, and promises that are made of them',
  );
}

function makeHostFunction(name) {
  return (input) => {
    if (evaluating > 0) {
      throw refusal('schema/bad-call', `${name}() is called while SQL is evaluated`, undefined, 'call it in asyncModule');
    }
    const text = hostInput(name, input);
    if (callCount >= settings.functionCalls) throw tooManyCalls();
    const number = callCount++;
    push(outgoingCalls, `[${number},${jsonText(name)},${jsonText(text)}]`);
    // Made here, so that it tells the line of the call.
    const error = new RealError(`the host function ${name} failed`);
    return new RealPromise((resolve, reject) => mapSet(pendingCalls, number, { name, error, resolve, reject }));
  };
}

function hostInput(name, input) {
  const text = input === undefined ? 'null' : jsonText(input);
  if (text === undefined) {
    throw refusal('schema/bad-call', `${name}() takes JSON data`, undefined, 'hand in numbers, texts, lists and plain objects');
  }
  if (indexOf(text, mark) >= 0 || holdsPartOfMark(text)) {
    throw refusal('schema/bad-call', `${name}() is given a reference or a claim`, undefined, 'it has no value while the schema is compiled');
  }
  if (text.length > settings.functionBytes) {
    throw refusal('schema/too-large', `${name}() is given more than ${settings.functionBytes} bytes`, undefined, 'raise it with sandbox.functionBytes');
  }
  return text;
}

/** Noted once: a loop would fill the notes. */
function tooManyCalls() {
  const message = `the schema calls host functions more than ${settings.functionCalls} times`;
  if (!isOverCalls) note('schema/too-many-calls', message, undefined, 'raise it with sandbox.functionCalls, or ask for more at once');
  isOverCalls = true;
  const error = new RealTypeError(message);
  weakSetAdd(ownErrors, error);
  return error;
}

/** `[number, outcome, text]`; outcome 0: the text is the answer. */
function settleCall([number, outcome, text]) {
  const call = mapGet(pendingCalls, number);
  mapDelete(pendingCalls, number);
  answered += 1;
  if (outcome === 0) return call.resolve(jsonParse(text));
  defineProperty(call.error, 'message', { __proto__: null, value: `the host function ${call.name} ${text}` });
  weakSetAdd(hostErrors, call.error);
  return call.reject(call.error);
}
