const zoneName = /^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/;

/**
 * An IANA zone in its usual letter case; undefined when there is none of that name. Offsets such as
 * `+05:00` are not names. The pattern also keeps out whatever could mean something in SQL.
 */
export function canonicalTimeZone(name: string): string | undefined {
  if (name === 'UTC') return name;
  if (!zoneName.test(name)) return undefined;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
  } catch {
    return undefined;
  }
  const lower = name.toLowerCase();
  return timeZoneNames().find((known) => known.toLowerCase() === lower) ?? name;
}

export function timeZoneNames(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')];
}
