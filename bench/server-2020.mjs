// The server of 2020 from npm, in the folder that is given, on a database that answers at once: prints its port.
import { createRequire } from 'node:module';
import path from 'node:path';
import { benchFiles, benchRow, secret } from './server-setting.ts';

process.env.NODE_ENV = 'production';
process.env.CUBEJS_CACHE_AND_QUEUE_DRIVER = 'memory';
process.env.CUBEJS_API_SECRET = secret;
process.env.PORT = '0';
const require = createRequire(path.join(process.argv[2], 'package.json'));
const CubejsServer = require('@cubejs-backend/server');
const PostgresQuery = require('@cubejs-backend/schema-compiler/adapter/PostgresQuery');
const BaseDriver = require('@cubejs-backend/query-orchestrator/driver/BaseDriver');

class InstantDriver extends BaseDriver {
  async testConnection() {}

  async query() {
    return [benchRow];
  }
}

const server = new CubejsServer({
  dbType: 'postgres',
  telemetry: false,
  logger: () => undefined,
  driverFactory: () => new InstantDriver(),
  dialectFactory: () => PostgresQuery,
  repositoryFactory: () => ({
    localPath: () => '',
    dataSchemaFiles: async () =>
      benchFiles.map(({ path: fileName, content }) => ({ fileName, content })),
  }),
});
const { server: http } = await server.listen({});
console.log(http.address().port);
