import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exportsOf, parse, root, textOf } from './source-files.ts';

/** Everything that a user can import. A change here is a change of the contract: say so in the changelog. */
const exported: Readonly<Record<string, readonly string[]>> = {
  '.': [
    'ArtifactError',
    'CompileError',
    'OptionError',
    'QueryError',
    'SecurityContextError',
    'compileSchema',
    'loadArtifact',
    'type AndFilter',
    'type ArtifactOptions',
    'type ChangedFile',
    'type CompileOptions',
    'type DateRange',
    'type DialectName',
    'type Filter',
    'type FilterOperator',
    'type FilterValue',
    'type MemberFilter',
    'type OrderDirection',
    'type OrFilter',
    'type Query',
    'type QueryOrder',
    'type TimeDimension',
    'type GenerateOptions',
    'type MetaOptions',
    'type GeneratedSql',
    'type LoadArtifactOptions',
    'type MissingContext',
    'type ParameterValue',
    'type PublicDiagnostic',
    'type SandboxConfiguration',
    'type Schema',
    'type SchemaAudit',
    'type SchemaSource',
    'type SecurityEntry',
    'type SourceFile',
    'type StatementColumn',
  ],
  './drivers': [
    'DriverError',
    'createDuckDbDriver',
    'createMysqlDriver',
    'createPostgresDriver',
    'createSqliteDriver',
    'type MysqlOptions',
    'toObjects',
    'type ColumnType',
    'type DialectName',
    'type Driver',
    'type DriverErrorCode',
    'type DuckDbOptions',
    'type ParameterValue',
    'type QueryOptions',
    'type QueryResult',
    'type ResultColumn',
    'type ServerConnection',
    'type ServerDriverOptions',
    'type SqliteOptions',
    'type Value',
  ],
  './schema': [
    'type Claim',
    'type ContextDefinition',
    'type CubeDefinition',
    'type Reference',
    'type Sql',
    'type ViewDefinition',
  ],
  './server': [
    'CubejsServer',
    'RequestError',
    'ServerOptionError',
    'createCertificate',
    'createServer',
    'default',
    'module.exports',
    'scheduleCertificateRenewal',
    'type AuthRequest',
    'type Certificate',
    'type CertificateOptions',
    'type CubewrightServer',
    'type DriverContext',
    'type JwtOptions',
    'type ListenResult',
    'type RenewalCallback',
    'type RenewalOptions',
    'type Repository',
    'type RequestContext',
    'type SecureServer',
    'type ServerLimits',
    'type ServerOptions',
  ],
};

const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string; default: string }>;
  bin: Record<string, string>;
};

/** The file of `src` from which a file of `dist` is built. */
const builtFrom = (file: string) => file.replace('./dist/', '').replace(/(\.d\.ts|\.js)$/, '.ts');

test('the package has exactly these paths', () => {
  expect(Object.keys(manifest.exports).sort()).toEqual(
    [...Object.keys(exported), './package.json', './yaml-schema.json'].sort(),
  );
});

test.for(Object.entries(exported))('%s exports exactly this', async ([subpath, names]) => {
  const target = manifest.exports[subpath];
  if (typeof target !== 'object') throw new Error(`${subpath} is no module`);
  expect(builtFrom(target.types)).toBe(builtFrom(target.default));
  const file = builtFrom(target.default);
  expect(exportsOf(parse(file, textOf(file))).sort()).toEqual([...names].sort());
  const module = (await import(path.join(root, 'src', file))) as object;
  const values = names.filter((name) => !name.startsWith('type '));
  expect(Object.keys(module).sort()).toEqual(values.sort());
});

test('each command has a file that starts node', () => {
  for (const file of Object.values(manifest.bin)) {
    expect(textOf(builtFrom(`./${file}`))).toMatch(/^#!\/usr\/bin\/env node\n/);
  }
});
