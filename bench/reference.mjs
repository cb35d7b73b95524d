// The reference package, set up as its own server does. Its native part cannot be downloaded at install
// time; only its Jinja engine is needed here, and these files have no Jinja.
process.env.CUBEJS_TESSERACT_SQL_PLANNER = 'false';
process.env.CUBEJS_TELEMETRY = 'false';
const { createRequire } = await import('node:module');
const require = createRequire(import.meta.url);
const { NativeInstance } = require('@cubejs-backend/native');
NativeInstance.prototype.newJinjaEngine = () => ({
  loadTemplate: () => undefined,
  renderTemplate: (name) => name,
  getNativeTemplateMethods: () => ({}),
});
const { prepareCompiler, PostgresQuery } = require('@cubejs-backend/schema-compiler');

export async function compile(files) {
  const repository = {
    localPath: () => '',
    dataSchemaFiles: async () => files.map(({ path, content }) => ({ fileName: path, content })),
  };
  const compilers = prepareCompiler(repository, { adapter: 'postgres' });
  await compilers.compiler.compile();
  return compilers;
}

/** The query as the reference's API would hand it to its planner. */
export function plan(compilers, query, securityContext) {
  const { limit, ...rest } = query;
  return new PostgresQuery(compilers, {
    timezone: 'UTC',
    ...rest,
    rowLimit: limit,
    contextSymbols: { securityContext },
  });
}

export function sql(compilers, query, securityContext) {
  return plan(compilers, query, securityContext).buildSqlAndParams();
}
