/** Plain data as text for goldens: a line for each value, maps as objects, nulls and empties left out. */
export function dump(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return `${scalar(value)}\n`;
  const entries = entriesOf(value).filter(([, item]) => !isEmpty(item));
  if (entries.length === 0) return Array.isArray(value) ? '[]\n' : '{}\n';
  const short = flat(value);
  if (short !== null && short.length + indent.length < 100) return `${short}\n`;
  return `\n${entries.map(([key, item]) => `${indent}${key}: ${dump(item, `${indent}  `)}`).join('')}`;
}

function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Map) return [...value].map(([key, item]) => [String(key), item]);
  if (Array.isArray(value)) return value.map((item: unknown, index) => [`- ${index}`, item]);
  return Object.entries(value);
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return Array.isArray(value) ? value.length === 0 : value instanceof Map && value.size === 0;
}

/** A value whose parts are scalars on one line; null when it is deeper. */
function flat(value: object): string | null {
  const entries = entriesOf(value).filter(([, item]) => !isEmpty(item));
  if (entries.some(([, item]) => typeof item === 'object')) return null;
  return Array.isArray(value)
    ? `[${entries.map(([, item]) => scalar(item)).join(', ')}]`
    : `{ ${entries.map(([key, item]) => `${key}: ${scalar(item)}`).join(', ')} }`;
}

function scalar(value: unknown): string {
  return typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value));
}
