// The reference's extension `Reflection`: references by their names.

/** `dynRef('Orders.count', 'amount', (count, amount) => ...)`: what `sql` means with these references. */
export function dynRef(...values) {
  const make = values.at(-1);
  const names = values.slice(0, -1);
  if (typeof make !== 'function' || names.length === 0) {
    throw new Error("dynRef takes names and a function: dynRef('count', (count) => ...)");
  }
  return make(...names.map((name) => SQL_UTILS.reference(name)));
}

export default { dynRef };
