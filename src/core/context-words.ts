/** Words of the schema language that are the security context. */
export const contextWords: readonly string[] = [
  'USER_CONTEXT',
  'SECURITY_CONTEXT',
  'securityContext',
  'security_context',
  'userAttributes',
  'user_attributes',
];

/**
 * Those of them that are names of real columns too: alone, without a claim behind it, such a word is a
 * member.
 */
export const contextWordsOfColumns: ReadonlySet<string> = new Set([
  'userAttributes',
  'user_attributes',
]);
