import { buildModel, type BuiltModel } from '../../src/model/build-model.ts';
import { evaluate } from '../../src/sandbox/evaluate.ts';
import { defaultLimits } from '../../src/sandbox/limits.ts';
import type { RunnerPool } from '../../src/sandbox/runner-pool.ts';
import { dialects } from '../../src/sql/dialects/registry.ts';
import type { SourceFile } from '../../src/core/source.ts';
import { decodeUnit } from '../../src/syntax/decode-unit.ts';
import type { DeclarationUnit } from '../../src/syntax/declaration.ts';
import { caseNow } from './cases.ts';

/** Files through the stages before the planner, with what each of them gave. */
export async function compileStages(
  files: readonly SourceFile[],
  pool: RunnerPool,
): Promise<{ readonly unit: DeclarationUnit } & BuiltModel> {
  const request = {
    files,
    entries: files.length,
    packages: [],
    compileContext: '{}',
    others: { paths: [], cubes: [], depend: false },
    now: caseNow,
  };
  const result = await evaluate(request, { limits: defaultLimits, require: [] }, pool);
  if (result.kind === 'failed') throw new Error(result.diagnostic.message);
  const unit = await decodeUnit(result.text, files, defaultLimits);
  const { lexical } = dialects.get('postgres')!;
  return {
    unit,
    ...(await buildModel(unit, {
      lexical,
      members: defaultLimits.members,
      characters: defaultLimits.replyBytes,
      allowsAbsentClaims: false,
    })),
  };
}
