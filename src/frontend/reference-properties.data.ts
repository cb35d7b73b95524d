/** Properties whose values are SQL or references, in every object literal (both spellings). */
export const referenceProperties: ReadonlySet<string> = new Set([
  'sql',
  'sql_table',
  'sqlTable',
  'extends',
  'drillMembers',
  'drill_members',
  'drillMemberReferences',
  'measureReferences',
  'dimensionReferences',
  'segmentReferences',
  'timeDimensionReference',
  'contextMembers',
  'context_members',
  'columns',
  'timeDimension',
  'time_dimension',
  'rollups',
  'includes',
  'excludes',
  'joinPath',
  'join_path',
]);

/** As above, but only when the value is a list: elsewhere these hold definitions. */
export const referenceLists: ReadonlySet<string> = new Set(['measures', 'dimensions', 'segments']);

/**
 * As the first, but only where the syntax tells names that no file binds: helpers of a schema have
 * properties of these names too, with values of their own.
 */
export const namedReferences: ReadonlySet<string> = new Set([
  'switch',
  'group_by',
  'groupBy',
  'reduce_by',
  'reduceBy',
  'add_group_by',
  'addGroupBy',
  'levels',
  'key',
  'url',
  'value',
  'member',
  'dimension',
  'values',
  'if',
  'rollupReferences',
  'rollup_references',
  'measure_references',
  'dimension_references',
  'segment_references',
  'time_dimension_reference',
  'drill_member_references',
]);

/** Words of the schema language that are the security context. */
export const contextNames: ReadonlySet<string> = new Set([
  'USER_CONTEXT',
  'SECURITY_CONTEXT',
  'securityContext',
  'security_context',
]);

/** Words of the schema language that stand for something of the query. */
export const queryNames: ReadonlySet<string> = new Set([
  'FILTER_PARAMS',
  'FILTER_GROUP',
  'SQL_UTILS',
]);

/** Words whose values come from elsewhere than the cubes: never a static reference. */
export const evaluatedNames: ReadonlySet<string> = new Set([
  'COMPILE_CONTEXT',
  'undefined',
  'NaN',
  'Infinity',
  'globalThis',
  'arguments',
  'eval',
  'Object',
  'Array',
  'String',
  'Number',
  'Boolean',
  'Symbol',
  'BigInt',
  'Math',
  'JSON',
  'Date',
  'RegExp',
  'Map',
  'Set',
  'Promise',
  'Reflect',
  'Proxy',
  'Error',
  'parseInt',
  'parseFloat',
  'isNaN',
  'isFinite',
  'console',
  'require',
  'module',
  'exports',
  'process',
]);
