// Filter functions that look into a list, or at a value: traced for one user, in an evaluation of their own.

/** A filter for the claim that was sent; the host knows what becomes of one that cannot be compared. */
function exactFilter(path, required, target, text) {
  const value = readValue(path, 'the filter function looks into');
  const items = [];
  for (let index = 0; isArray(value) && index < value.length; index++) {
    if (value[index] !== null) push(items, value[index]);
  }
  let scalar = null;
  let list = null;
  if (isArray(value)) list = exactTrace(target, items, true);
  else if (value !== null && value !== undefined) {
    const outer = isLookedInto;
    isLookedInto = false;
    scalar = exactTrace(target, [value], false);
    // What a function decides by the value itself, it may decide otherwise for a list.
    const isDecided = isLookedInto;
    isLookedInto = outer;
    if (scalar === null && !isDecided) list = exactTrace(target, [value], true);
    // A text without the value came of a test that a list of one answers otherwise.
    if (list !== null && withValues(list, [value]) === list) list = null;
  }
  return addNode(bare({ kind: 'filter-function', path, required, text, scalar, list }));
}

/**
 * What a function makes of placeholders; null unless it makes the same of the values themselves. So a
 * function may count, choose, order or compare as it likes: a text that values and placeholders disagree on is none.
 */
function exactTrace(target, values, isList) {
  for (let index = 0; index < values.length; index++) if (isObject(values[index])) return null;
  const stand = placeholdersOf(values, isList);
  const before = nodes.length;
  const text = trace(target, isList ? stand : stand[0]);
  if (text === null) return null;
  const made = takeNodes(before);
  const noted = notes.length;
  const copy = [];
  for (let index = 0; index < values.length; index++) push(copy, values[index]);
  const again = trace(target, isList ? copy : copy[0]);
  notes.length = noted;
  let isSame = again !== null && withValues(text, values) === again && nodes.length === before + made.length;
  for (let index = 0; isSame && index < made.length; index++) {
    isSame = isSameWithValues(made[index], nodes[before + index], values);
  }
  putNodes(before, made);
  return isSame ? text : null;
}

/** Equal values have one placeholder, and placeholders the order of what they stand for: as with values, a list has no item twice, or is sorted. */
function placeholdersOf(values, isList) {
  const order = [];
  for (let index = 0; index < values.length; index++) push(order, index);
  sort(order, (a, b) => {
    const one = StringOf(values[a]);
    const two = StringOf(values[b]);
    return one < two ? -1 : one > two ? 1 : a - b;
  });
  const stand = [];
  for (let index = 0; index < values.length; index++) push(stand, '');
  const known = new RealMap();
  for (let step = 0; step < order.length; step++) {
    const index = order[step];
    if (!mapHas(known, values[index])) {
      mapSet(known, values[index], addNode(bare({ kind: 'placeholder', index: isList ? index : -1 })));
    }
    stand[index] = mapGet(known, values[index]);
  }
  return stand;
}

/** A text with the values in the place of their placeholders. */
function withValues(text, values) {
  let made = '';
  let from = 0;
  for (let at = indexOf(text, mark); at >= 0; at = indexOf(text, mark, from)) {
    const node = nodeAt(text, at);
    const isValue = node !== undefined && node.kind === 'placeholder' && node.index !== undefined;
    made += slice(text, from, at);
    made += isValue ? StringOf(values[node.index < 0 ? 0 : node.index]) : slice(text, at, at + markWidth);
    from = at + markWidth;
  }
  return made + slice(text, from);
}

function isSameWithValues(first, second, values) {
  const keys = objectKeys(first);
  for (let index = 0; index < keys.length; index++) {
    const one = first[keys[index]];
    const two = second[keys[index]];
    if (typeof one === 'string' && (typeof two !== 'string' || withValues(one, values) !== two)) return false;
  }
  return true;
}
