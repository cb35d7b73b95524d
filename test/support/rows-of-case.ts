import { QueryError, SecurityContextError, type Schema } from '../../src/index.ts';
import type { Case, Run } from './cases.ts';
import type { Engine } from './engines.ts';

/** The rows of every run of a case on one engine, as text that is equal on every engine. */
export async function rowsOfCase(item: Case, schema: Schema, engine: Engine): Promise<string> {
  const sections: string[] = [];
  for (const run of item.runs) {
    if (!run.dialects.includes(engine.dialect)) continue;
    sections.push(`=== ${run.title}`, ...(await rowsOfRun(run, schema, engine)), '');
  }
  return sections.join('\n');
}

async function rowsOfRun(run: Run, schema: Schema, engine: Engine): Promise<string[]> {
  const { dialect } = engine;
  try {
    const { sql, params, columns, total } = await schema.generateSql(run.query, {
      securityContext: run.context,
      dialect,
      ...(run.missingContext && { missingContext: run.missingContext }),
      ...(run.barrier && { barrier: run.barrier }),
    });
    const rows = await engine.query(sql, params).catch((error: unknown) => {
      throw new Error(`${dialect} refused ${run.title}:\n${sql}\n${String(error)}`, {
        cause: error,
      });
    });
    const lines = rows.map((row) =>
      row.map((value, index) => plainValue(value, columns[index]!.type)).join(' | '),
    );
    const counted = total && (await engine.query(total.sql, total.params));
    const count = counted ? [`total ${Number(counted[0]![0])}`] : [];
    return [...(run.ordered ? lines : lines.sort()), ...count];
  } catch (error) {
    if (error instanceof QueryError || error instanceof SecurityContextError) return [error.code];
    throw error;
  }
}

/** Engines differ in how they hold numbers and booleans; what they mean must not differ. */
export function plainValue(value: unknown, type: string): string {
  if (value === null || value === undefined) return 'null';
  if (type === 'boolean') return value === true || value === 1 || value === 't' ? 'true' : 'false';
  if (type === 'number') return String(Number(Number(value).toPrecision(12)));
  return JSON.stringify(value);
}
