/**
 * Words that calculate one value from the values beside them, on every database that has them. Anything
 * else in a measure over measures of several cubes could be a column or an aggregate.
 */
export const scalarWords: ReadonlySet<string> = new Set(
  `abs and as between bigint case cast ceil ceiling coalesce cos decimal div double else end exp false
  float floor greatest if iff ifnull in int integer is isnull least ln log log10 log2 mod not null nullif
  numeric nvl or pow power precision real round safe_divide sign sin sqrt tan then true trunc truncate
  try_divide when zeroifnull div0`.split(/\s+/),
);
