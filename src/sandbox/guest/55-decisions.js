// What depends on the value of a claim is evaluated once for each way in which its tests can turn
// out: the first run takes every test for true, the others go back and take one for false.
const mostRuns = 64;
const mostDecisions = 16;
const mostLiterals = 1000;
/** What is being evaluated, with the tests that have turned out so far; null while files run. */
let run = null;
/** Whether anything at all depended on the value of a claim. */
let hasDecided = false;

/** Pieces of a text, with a comma before each; with a condition where `make` tests a claim. */
function explore(make) {
  return exploreFrom([], make, { left: mostRuns });
}

function exploreFrom(decisions, make, runs) {
  if (runs.left <= 0) {
    throw refusal('schema/too-many-branches', `a value depends on claims in more than ${mostRuns} ways`, undefined, 'split it into members of their own');
  }
  runs.left -= 1;
  const given = decisions.length;
  const current = { decisions, position: 0, answers: new RealMap(), outer: run };
  run = current;
  let text;
  try {
    text = make();
  } finally {
    run = current.outer;
  }
  if (current.position < given) throw unstable();
  for (let index = decisions.length - 1; index >= given; index--) {
    const others = [];
    for (let item = 0; item < index; item++) push(others, decisions[item]);
    push(others, bare({ test: decisions[index].test, answer: false }));
    const otherwise = exploreFrom(others, make, runs);
    text = count(`,[12,${decisions[index].test},[${slice(text, 1)}],[${slice(otherwise, 1)}]]`);
  }
  return text;
}

/** How a test turns out in this run. The same test has one answer in all of a run. */
function decide(test, path) {
  hasDecided = true;
  if (run === null) {
    throw refusal(
      'schema/claim-outside-member',
      `the value of ${claimName(path)} is asked for while files are compiled, and it has none`,
      undefined,
      'ask for it inside the SQL of a member',
    );
  }
  for (let known = run; known !== null; known = known.outer) {
    const answer = mapGet(known.answers, test);
    if (answer !== undefined) return answer;
  }
  const { decisions, position } = run;
  if (position === decisions.length) {
    if (position >= mostDecisions) {
      throw refusal('schema/too-many-branches', `a value depends on more than ${mostDecisions} tests of claims`, undefined, 'split it into members of their own');
    }
    push(decisions, bare({ test, answer: true }));
  }
  const planned = decisions[position];
  if (planned.test !== test) throw unstable();
  run.position += 1;
  mapSet(run.answers, test, planned.answer);
  return planned.answer;
}

function unstable() {
  return refusal(
    'schema/unstable-value',
    'a value that depends on claims comes out differently when it is evaluated again',
    currentPlace(),
    'keep nothing between evaluations: no counters, no caches of what a claim was',
  );
}

function isUnsafe(value) {
  const known = proxied(value);
  return known !== undefined && known.kind === 'unsafe';
}

/** A literal as JSON, undefined as `[]`; null for what no claim can be compared with. */
function literal(value) {
  switch (typeof value) {
    case 'string':
      return value.length <= 1000 && indexOf(value, mark) < 0 ? jsonText(value) : null;
    case 'number':
      return numberIsFinite(value) ? StringOf(value) : null;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return '[]';
    default:
      return value === null ? 'null' : null;
  }
}

/** A claim's truth, or what it equals, is not known; taken for true it would open what it guards. */
function checkCondition(value, start, end) {
  if (isUnsafe(value)) {
    const { path } = proxied(value);
    return decide(`[0${names(path)}]`, path) ? value : false;
  }
  return checkOperand(value, { file: this.file, start, end }, 'used as a condition');
}

/** `left === right`. */
function checkEquality(left, right, leftStart, leftEnd, rightStart, rightEnd) {
  const [unsafe, other] = isUnsafe(left) ? [left, right] : [right, left];
  const known = isUnsafe(unsafe) ? literal(other) : null;
  if (known === null) {
    const { file } = this;
    checkOperand(left, { file, start: leftStart, end: leftEnd }, 'compared');
    checkOperand(right, { file, start: rightStart, end: rightEnd }, 'compared');
    return left === right;
  }
  const { path } = proxied(unsafe);
  return decide(`[1,${known}${names(path)}]`, path);
}

/** `typeof value === type`. */
function checkType(value, type, start, end) {
  if (isUnsafe(value)) {
    const { path } = proxied(value);
    return decide(`[2,${jsonText(type)}${names(path)}]`, path);
  }
  return typeof checkOperand(value, { file: this.file, start, end }, 'asked for its type') === type;
}

/** `list.includes(value)` for a value of a claim. */
function checkIncluded(list, value) {
  const { path } = proxied(value);
  const texts = [];
  for (let index = 0; isArray(list) && index < list.length && index < mostLiterals; index++) {
    push(texts, literal(list[index]));
  }
  for (let index = 0; index < texts.length; index++) if (texts[index] === null) texts.length = 0;
  if (!isArray(list) || texts.length !== list.length) throw dynamic(path, 'the schema searches a list for');
  return decide(`[3,[${join(texts, ',')}]${names(path)}]`, path);
}

/** The operand of an operator that would look at a claim in a way that cannot be recorded. */
function checkOther(value, start, end) {
  return checkOperand(value, { file: this.file, start, end }, 'compared');
}

function checkOperand(value, place, how) {
  const known = claimIn(value);
  if (known === undefined) return value;
  if (known.kind !== 'unsafe' || typeof value === 'string') {
    throw refusal(
      'schema/claim-as-condition',
      `${nameOf(known)} is ${how}, and has no value while the schema is compiled`,
      place,
      atQueryTime,
    );
  }
  throw dynamic(known.path, `the value is ${how} of`);
}
