/** Copies of a tree, each with one node in it replaced by what `attack` makes of it. */
export function attacked<T>(
  tree: T,
  attack: (node: Readonly<Record<string, unknown>>) => readonly unknown[],
): T[] {
  const copies: unknown[] = [];
  const visit = (node: unknown, put: (replacement: unknown) => unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (!Array.isArray(node)) {
      for (const other of attack(node as Record<string, unknown>)) copies.push(put(other));
    }
    for (const [key, part] of Object.entries(node)) {
      visit(part, (replacement) =>
        put(
          Array.isArray(node)
            ? node.with(Number(key), replacement)
            : { ...node, [key]: replacement },
        ),
      );
    }
  };
  visit(tree, (replacement) => replacement);
  return copies as T[];
}

/** Where an attack has changed a tree. */
export function differenceOf(tree: unknown, attackedTree: unknown): string {
  const was = JSON.stringify(tree, plain);
  const is = JSON.stringify(attackedTree, plain);
  let at = 0;
  while (at < was.length && was[at] === is[at]) at++;
  return `${was.slice(Math.max(0, at - 150), at + 100)} became ${is.slice(at, at + 100)}`;
}

export function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
