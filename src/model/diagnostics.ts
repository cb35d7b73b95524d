import { defineDiagnostics } from '../core/diagnostic.ts';

/** Everything that can be wrong with what schema files declare. */
export const reportModel = defineDiagnostics({
  'model/bad-name': (p: { what: string; name: string }) =>
    `${JSON.stringify(p.name)} cannot be the name of a ${p.what}`,
  'model/reserved-name': (p: { name: string }) => `'${p.name}' is a word of the schema language`,
  'model/duplicate-cube': (p: { name: string; kinds: string }) =>
    `${p.kinds} are called '${p.name}'`,
  'model/duplicate-member': (p: { cube: string; name: string }) =>
    `'${p.name}' is defined more than once in ${p.cube}`,
  'model/duplicate-key': (p: { key: string; other: string }) =>
    `'${p.key}' and '${p.other}' are two spellings of one property`,
  'model/unknown-key': (p: { key: string; what: string }) =>
    `a ${p.what} has no property '${p.key}'`,
  'model/missing-key': (p: { key: string; what: string }) => `the ${p.what} lacks '${p.key}'`,
  'model/bad-value': (p: { key: string; expected: string; found: string }) =>
    `'${p.key}' must be ${p.expected}, not ${p.found}`,
  'model/misplaced-braces': (p: { key: string; found: string }) =>
    `'${p.key}' holds the text '${p.found}', which names nothing there`,
  'model/bad-type': (p: { what: string; key: string; found: string; known: string }) =>
    `'${p.found}' is no ${p.key} of a ${p.what}; known are ${p.known}`,
  'model/bad-list-item': (p: { key: string }) =>
    `what stands in the list '${p.key}' must be an object with a name`,
  'model/no-source': (p: { cube: string }) => `${p.cube} has neither 'sql' nor 'sql_table'`,
  'model/two-sources': (p: { cube: string }) => `${p.cube} has both 'sql' and 'sql_table'`,
  'model/one-expression': (p: { name: string }) =>
    `the dimension ${p.name} needs exactly one of 'sql', 'case', 'values', or 'latitude' with 'longitude'`,
  'model/needs-multi-stage': (p: { key: string }) => `'${p.key}' is for members with 'multi_stage'`,
  'model/only-with': (p: { key: string; expected: string }) =>
    `'${p.key}' only means something with ${p.expected}`,
  'model/no-effect': (p: { key: string }) =>
    `'${p.key}' is read for the sake of old schemas, and has no effect`,
  'model/not-both': (p: { what: string; key: string; other: string }) =>
    `a ${p.what} has '${p.key}' or '${p.other}', not both`,
  'model/needs-origin': (p: { name: string }) =>
    `the periods of the granularity ${p.name} do not divide a larger one, so it needs an 'origin'`,
  'model/bad-format': (p: { format: string }) =>
    `${JSON.stringify(p.format)} is no format that clients know for this type`,
  'model/bad-currency': (p: { code: string }) =>
    `${JSON.stringify(p.code)} is no currency of ISO 4217`,
  'model/duplicate-name': (p: { what: string; name: string }) =>
    `two ${p.what} are called '${p.name}'`,
  'model/empty-case': (p: { name: string }) => `the case of ${p.name} has no branch`,
  'model/empty-sql': (p: { what: string }) => `the SQL of ${p.what} is empty`,
  'model/unknown-cube': (p: { name: string }) => `there is no cube '${p.name}'`,
  'model/unknown-member': (p: { cube: string; name: string }) =>
    `${p.cube} has no member '${p.name}'`,
  'model/unknown-name': (p: { cube: string; name: string }) =>
    `'${p.name}' is neither a member of ${p.cube} nor a cube`,
  'model/bad-reference': (p: { path: string }) => `'${p.path}' is no reference to a cube or member`,
  'model/filter-params-member': (p: { name: string }) =>
    `FILTER_PARAMS reads the query's filters on dimensions, and ${p.name} is none`,
  'model/value-outside-filter': (p: { name: string }) =>
    `the SQL of ${p.name} uses the value of a filter function outside of that function`,
  'model/self-join': (p: { name: string }) =>
    `${p.name} joins itself under its own name, which has no effect: one name stands for one row`,
  'model/extends-cycle': (p: { path: string }) => `cubes extend each other: ${p.path}`,
  'model/extends-other-kind': (p: { child: string; kind: string; name: string; base: string }) =>
    `the ${p.kind} ${p.child} cannot extend ${p.name}, which is a ${p.base}`,
  'model/bad-policy-filter': () =>
    "a filter of a policy has exactly one of 'member', 'and' and 'or'",
  'model/view-is-no-cube': (p: { name: string }) =>
    `${p.name} is a view, and has no rows of its own`,
  'model/view-over-view': (p: { name: string; other: string }) =>
    `${p.name} cannot be made of ${p.other}, which is a view itself`,
  'model/no-join': (p: { from: string; to: string }) => `${p.from} declares no join to ${p.to}`,
  'model/unknown-pre-aggregation': (p: { cube: string; name: string }) =>
    `${p.cube} has no pre-aggregation '${p.name}'`,
  'model/unknown-join-path': (p: { view: string; path: string }) =>
    `no member of ${p.view} comes by the way ${p.path}`,
  'model/view-conflict': (p: { view: string; name: string; first: string; second: string }) =>
    `'${p.name}' of the view ${p.view} would be both ${p.first} and ${p.second}`,
  'model/cycle': (p: { path: string }) => `members refer to each other: ${p.path}`,
  'model/source-cycle': (p: { path: string }) => `sources contain each other: ${p.path}`,
  'model/dimension-uses-measure': (p: { name: string; measure: string }) =>
    `${p.name} refers to the measure ${p.measure}, which only exists after grouping`,
  'model/mixed-grain': (p: { name: string; row: string }) =>
    `${p.name} calculates with finished measures and with ${p.row}, which each row has a value of its own of`,
  'model/filter-as-argument': (p: { name: string; call: string }) =>
    `${p.name} gives a filter to ${p.call}(), which takes no condition`,
  'model/nested-aggregate': (p: { name: string; measure: string }) =>
    `${p.name} aggregates the measure ${p.measure}, which is an aggregate already`,
  'model/running-total-reference': (p: { name: string; measure: string }) =>
    `${p.name} refers to the running total ${p.measure}, which only exists over finished groups`,
  'model/source-uses-member': (p: { cube: string; name: string }) =>
    `the source of ${p.cube} refers to ${p.name}, which is made from that source`,
  'model/join-uses-other-cube': (p: { join: string; name: string; reason: string }) =>
    `the join ${p.join} names ${p.name}, which ${p.reason}`,
  'model/sub-query-without-measure': (p: { name: string }) =>
    `${p.name} is computed in a query of its own, and names no measure for it`,
  'model/not-supported-yet': (p: { what: string }) => `${p.what} is not supported yet`,
  'model/context-inside-literal': (p: { claim: string }) =>
    `${p.claim} stands inside a quoted text, where it cannot be bound`,
  'model/context-in-comment': (p: { claim: string }) =>
    `${p.claim} stands inside a comment; the comment is dropped and protects nothing`,
  'model/open-filter': (p: { claim: string; count: number }) =>
    p.count === 1
      ? `this filter lets every row through (1=1) for users without the claim ${p.claim}`
      : `${p.count} filters let every row through (1=1) for users without the claim ${p.claim}`,
  'model/no-primary-key': (p: { cube: string; measure: string }) =>
    `joins repeat the rows of ${p.cube}, which has no primary key: ${p.measure} cannot be asked for with them`,
  'model/sub-query-without-key': (p: { name: string; cube: string }) =>
    `${p.name} is computed for each row of ${p.cube}, which has no primary key: it cannot be asked for`,
  'model/unused-measure': (p: { measure: string }) =>
    `${p.measure} is hidden, and nothing that can be asked for uses it`,
  'model/unusable-measure': (p: { measure: string; reason: string }) =>
    `no query can ask for ${p.measure}: ${p.reason}`,
  'model/reference-inside-literal': (p: { path: string }) =>
    `the reference ${p.path} stands inside a quoted text`,
  'model/invalid-sql': (p: { problem: string; text: string }) => `${p.problem}: ${p.text}`,
  'model/too-large-cube': (p: { limit: number }) =>
    `a cube or view has more than ${p.limit} members, with what it inherits`,
  'model/too-much-text': (p: { limit: number }) =>
    `the texts of the schema, with those that are inherited, have more than ${p.limit} characters`,
  'model/sql-too-long': (p: { limit: number }) => `the SQL is longer than ${p.limit} characters`,
  'model/too-many-members': (p: { limit: number }) => `the schema has more than ${p.limit} members`,
});
