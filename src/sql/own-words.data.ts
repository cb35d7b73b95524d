/** Functions that make one value of many rows, on every database that has them. */
export const aggregateWords: ReadonlySet<string> = words(`
  any_value approx_count_distinct approx_distinct approx_percentile approx_quantile approx_top_k
  approx_top_count arbitrary arg_max arg_min array_agg array_concat_agg avg avgif bit_and bit_or bit_xor bool_and bool_or
  bitand_agg bitor_agg booland_agg boolor_agg collect_list collect_set corr count count_if count_distinct countif
  covar_pop covar_samp entropy every favg first_value fsum geometric_mean group_concat grouping
  group_array grouparray histogram hll_count json_agg json_arrayagg json_group_array json_group_object json_object_agg
  json_objectagg jsonb_agg jsonb_object_agg kurtosis listagg logical_and logical_or mad max max_by
  median min min_by mode object_agg percentile percentile_approx percentile_cont percentile_disc
  product quantile quantile_cont quantile_disc range_agg regr_avgx regr_avgy regr_count regr_intercept
  regr_r2 regr_slope regr_sxx regr_sxy regr_syy reservoir_quantile skewness std stddev stddev_pop
  stddev_samp string_agg sum sum_distinct sumif total uniq uniqexact uniqcombined var_pop var_samp variance wm_concat xmlagg`);

/** Functions of the values beside them: what is of rows in them is not aggregated by them. */
export const scalarFunctions: ReadonlySet<string> = words(`
  abs acos asin atan atan2 cast cbrt ceil ceiling char_length character_length chr coalesce concat concat_ws convert
  cos cot date date_add date_diff date_format date_part date_sub date_trunc datediff datetime day dayofweek
  decode degrees div div0 exp extract floor format greatest hour if iff ifnull initcap instr isnull
  json_extract julianday last_day lcase least left length ln locate log log10 log2 lower lpad ltrim make_date
  md5 minute mod month nullif nullifzero nvl nvl2 pi position pow power printf quarter radians rand
  random regexp_replace repeat replace reverse right round rpad rtrim safe_cast safe_divide second sign sin split_part sqrt
  strftime strpos substr substring tan time timestamp timestampdiff to_char to_date to_number to_timestamp translate
  trim trunc truncate try_cast try_divide ucase unix_timestamp upper week year zeroifnull`);

/** Of those, the ones whose arguments are no conditions. */
export const conditionlessFunctions: ReadonlySet<string> = new Set(
  [...scalarFunctions, 'avg', 'max', 'min', 'stddev', 'variance', 'median', 'string_agg'].filter(
    (name) =>
      ![
        ...['cast', 'coalesce', 'concat', 'concat_ws', 'convert', 'decode', 'format', 'greatest'],
        ...[
          'if',
          'iff',
          'ifnull',
          'isnull',
          'least',
          'nullif',
          'nvl',
          'nvl2',
          'safe_cast',
          'try_cast',
        ],
      ].includes(name),
  ),
);

/** Words that are the language's own, and so no columns. */
export const keywords: ReadonlySet<string> = words(`
  all and any array as asc at between binary both boolean by case char character collate cross current current_date
  current_time current_timestamp date datetime day days dayofweek dayofyear decade desc distinct div dow doy else end
  epoch escape exclude exists false filter first float following for from full group groups having hour hours
  ignore ilike in inner int integer interval is isnull isodow isoyear join last leading left like limit local
  localtime localtimestamp microsecond microseconds millennium millisecond milliseconds minute minutes
  mod month months not notnull null nulls numeric on or order others outer over overlaps partition
  preceding quarter quarters range regexp respect right rlike row rows second seconds select separator similar some
  symmetric text then ties time timestamp timestamptz to trailing true unbounded union unknown unsigned using
  values varchar week weeks when where window with within without xor year years zone`);

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
