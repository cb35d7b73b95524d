/** `Cube.member`, the identity of a member in every intermediate form. */
export type MemberPath = `${string}.${string}`;

const identifier = /^[_a-zA-Z][_a-zA-Z0-9]*$/;

/** What cubes, views and members may be called. */
export function isIdentifier(text: string): boolean {
  return text.length <= 512 && identifier.test(text);
}

export function memberPath(cube: string, member: string): MemberPath {
  return `${cube}.${member}`;
}

/** Splits `Cube.member`; undefined when the text is anything else. */
export function parseMemberPath(text: string): { cube: string; member: string } | undefined {
  const dot = text.indexOf('.');
  if (dot < 0) return undefined;
  const cube = text.slice(0, dot);
  const member = text.slice(dot + 1);
  return isIdentifier(cube) && isIdentifier(member) ? { cube, member } : undefined;
}

/** The part of a member's path before its first dot. */
export function ownerOf(path: string): string {
  return path.slice(0, path.indexOf('.'));
}

/**
 * The alias style of the original system: a capital starts a new word, words are joined by `_`
 * (`createdAt` -> `created_at`, `Orders` -> `orders`, `HTTPOrders` -> `h_t_t_p_orders`).
 */
export function underscore(name: string): string {
  if (!/[A-Z]/.test(name)) return name;
  return name.replace(
    /[A-Z]/g,
    (letter, offset: number) =>
      (offset > 0 && name[offset - 1] !== '_' ? '_' : '') + letter.toLowerCase(),
  );
}
