import { numberComponents } from './connected-components.ts';

/** Names to the names that they lead to. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** By name: a number that is the same for two names when each leads to the other. */
export function strongComponents(graph: Graph): ReadonlyMap<string, number> {
  const backwards = inverted(graph);
  return numberComponents(finished(graph).reverse(), (name) => backwards.get(name) ?? []);
}

export function inverted(graph: Graph): Graph {
  const found = new Map<string, string[]>();
  for (const [from, targets] of graph) {
    for (const to of targets) {
      const known = found.get(to);
      if (known) known.push(from);
      else found.set(to, [from]);
    }
  }
  return found;
}

/** Each name after everything that it leads to, but for circles. Without recursion: a chain may be long. */
function finished(graph: Graph): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  for (const start of graph.keys()) {
    const path: { readonly name: string; next: number }[] = [];
    const enter = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      path.push({ name, next: 0 });
    };
    enter(start);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const target = graph.get(top.name)?.[top.next];
      top.next += 1;
      if (target !== undefined) enter(target);
      else {
        order.push(top.name);
        path.pop();
      }
    }
  }
  return order;
}
