import path from 'node:path';
import { describe, test } from 'vitest';
import {
  CompileError,
  compileSchema,
  QueryError,
  SecurityContextError,
  type DialectName,
  type Schema,
} from '../../src/index.ts';
import { caseNow, expectGolden, loadCases, show, type Case, type Run } from '../support/cases.ts';

describe('the SQL of every case', () => {
  test.for(loadCases())('$name', async (item) => {
    expectGolden(path.join(item.directory, 'expected.txt'), await describeCase(item));
  });
});

/** Each run says what an absent claim means, so its schema has no filter to warn of. */
const settled = { missingContext: 'deny' } as const;

async function describeCase(item: Case): Promise<string> {
  let schema: Schema;
  try {
    schema = await compileSchema(item.schema, { ...item.options, ...settled, now: caseNow });
  } catch (error) {
    if (error instanceof CompileError) return `${error.message}\n`;
    throw error;
  }
  await using compiled = schema;
  const sections: string[] = [];
  for (const warning of compiled.audit().warnings) {
    sections.push(`=== warning ${warning.code} ${warning.file}:${warning.line}:${warning.column}`);
    sections.push(warning.message);
  }
  for (const run of item.runs) {
    sections.push(`=== ${run.title}`, show(run.query), show(run.context ?? null));
    sections.push(...(await describeRun(compiled, run)), '');
  }
  return sections.join('\n');
}

/** Dialects that answer alike share a section. */
async function describeRun(schema: Schema, run: Run): Promise<string[]> {
  const answers = new Map<string, DialectName[]>();
  for (const dialect of run.goldens) {
    const answer = await describeAnswer(schema, run, dialect);
    answers.set(answer, [...(answers.get(answer) ?? []), dialect]);
  }
  return [...answers].flatMap(([answer, dialects]) => [`--- ${dialects.join(', ')}`, answer]);
}

async function describeAnswer(schema: Schema, run: Run, dialect: DialectName): Promise<string> {
  try {
    const { sql, params, security, total } = await schema.generateSql(run.query, {
      securityContext: run.context,
      dialect,
      missingContext: run.missingContext ?? 'allow',
      ...(run.barrier && { barrier: run.barrier }),
    });
    const filters = security.map(
      (entry) =>
        `filter ${entry.position} ${entry.member} ${entry.property} ${entry.claim}: ${entry.applied} ${entry.status}`,
    );
    const shown = params.length > 20 ? `${params.length} values` : show(params);
    const count = total ? [`total ${total.sql}`, `params ${show(total.params)}`] : [];
    return [sql, `params ${shown}`, ...count, ...filters].join('\n');
  } catch (error) {
    if (error instanceof QueryError)
      return `${error.code} at ${show(error.path)}\n${error.message}${detailOf(error)}`;
    if (error instanceof SecurityContextError) {
      const { code, message, detail } = error;
      return `${code}\n${message}${detail === message ? '' : `\nfor the operator: ${detail}`}`;
    }
    throw error;
  }
}

/** What the operator is told otherwise than the user. */
function detailOf({ problems, detail }: QueryError): string {
  return detail
    .filter(({ message }, index) => message !== problems[index]!.message)
    .map(({ code, message }) => `\nfor the operator: ${code} ${message}`)
    .join('');
}
