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

/** Functions that make one value of many rows. */
export const aggregateWords: ReadonlySet<string> = new Set(
  'any_value array_agg avg bool_and bool_or count max median min stddev string_agg sum variance'.split(
    ' ',
  ),
);

/** Words beside those above that are the language's own, and so no columns. */
export const keywords: ReadonlySet<string> = new Set(
  `all any array asc at boolean by char current current_date current_time current_timestamp date
  datetime day desc distinct escape exclude filter first following from group hour ilike integer interval
  last like localtimestamp minute month nulls order over partition preceding quarter range row rows second
  signed similar some text time timestamp timestamptz to unbounded unsigned using varchar week within year zone`.split(
    /\s+/,
  ),
);
