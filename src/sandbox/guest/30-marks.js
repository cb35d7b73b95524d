// A reference, claim or filter that becomes part of a text is there as a mark: unguessable digits and
// a number of fixed width. Digits survive trimming, joining and changes of case. Forging one only
// names a node that the schema has made itself.
const nodes = [];
const numberWidth = 9;
const markWidth = mark.length + numberWidth;

function addNode(node) {
  push(nodes, node);
  return mark + padStart(StringOf(nodes.length - 1), numberWidth, '0');
}

/** Cuts a text at its marks and calls `onText` and `onNode` in order. */
function walkText(text, onText, onNode) {
  let from = 0;
  for (;;) {
    const at = indexOf(text, mark, from);
    if (at < 0) break;
    if (at > from) onText(slice(text, from, at));
    const digits = slice(text, at + mark.length, at + markWidth);
    const index = digits.length === numberWidth ? +digits : -1;
    if (!(index >= 0 && index < nodes.length)) throw altered();
    onNode(nodes[index]);
    from = at + markWidth;
  }
  const rest = slice(text, from);
  if (holdsPartOfMark(rest)) throw altered();
  if (rest !== '') onText(rest);
}

/** Part of a mark is left where a text was cut inside it. */
function holdsPartOfMark(text) {
  return text.length >= 12 && indexOf(text, slice(mark, 0, 12)) >= 0;
}

function altered() {
  return refusal(
    'schema/altered-reference',
    'the text of a reference was altered; what it stands for is only known when a query is made',
    currentPlace(),
    'change the SQL around the reference, for example with upper(...), not the reference',
  );
}

/** The node whose mark begins there. */
function nodeAt(text, at) {
  return nodes[+slice(text, at + mark.length, at + markWidth)];
}

/** The one node that a text consists of, or undefined. */
function loneNode(text) {
  if (text.length !== markWidth || indexOf(text, mark) !== 0) return undefined;
  return nodes[+slice(text, mark.length)];
}
