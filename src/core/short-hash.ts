/**
 * Ten base-36 characters from FNV-1a over the UTF-16 units, twice with different seeds. Tells names
 * apart; it is no protection against someone who looks for collisions, so callers check for them.
 */
export function shortHash(text: string): string {
  const left = fnv1a(text, 0x811c9dc5).toString(36).padStart(7, '0');
  const right = fnv1a(text, 0x01000193).toString(36).padStart(7, '0');
  return left.slice(-5) + right.slice(-5);
}

function fnv1a(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
