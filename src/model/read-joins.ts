import { didYouMean } from '../core/suggest.ts';
import type { DeclaredCube } from './declared-cube.ts';
import { reportModel } from './diagnostics.ts';
import type { LinkContext } from './link-fragment.ts';
import type { CubeJoin } from './model.ts';
import { relationships } from './properties.data.ts';
import { PropertyReader } from './property-reader.ts';
import { linkSql } from './read-member.ts';

/**
 * The joins that a cube declares: an object by target, or a list with names. None to the cube itself,
 * of which its name is all that there is in a statement.
 */
export function readJoins(
  reader: PropertyReader,
  declared: DeclaredCube,
  context: LinkContext,
): CubeJoin[] {
  const targets = new Map<string, () => ReturnType<LinkContext['locate']>>();
  return reader.named('joins').flatMap(({ name: target, value, span }) => {
    const first = targets.get(target);
    if (first) {
      const labels = [{ span: first(), text: 'the first one is here' }];
      const parameters = { what: `joins of ${declared.name}`, name: target };
      reader.report(reportModel('model/duplicate-name', parameters, { span: span(), labels }));
      return [];
    }
    targets.set(target, span);
    if (!context.cubes.has(target)) {
      const help = didYouMean(target, context.cubes.keys());
      reader.report(reportModel('model/unknown-cube', { name: target }, { span: span(), help }));
      return [];
    }
    if (target === declared.name) {
      const [owner] = context.wayTo(value.place);
      // A base joins a cube that extends it, which inherits that join to itself.
      if (owner !== target) return [];
      const help = `declare its rows once more, cube(\`Other${target}\`, { extends: ${target} }), and join Other${target}`;
      const extras = { span: span(), help, severity: 'warning' } as const;
      reader.report(reportModel('model/self-join', { name: target }, extras));
      return [];
    }
    if (value.kind !== 'object') {
      reader.bad(target, 'an object', value);
      return [];
    }
    const join = new PropertyReader(value, 'join', context);
    const relationship = join.word('relationship', relationships);
    const property = `joins.${target}.sql`;
    const site = { cube: declared, member: declared.name, property, role: 'join' } as const;
    const sql = linkSql(join, site, context);
    return relationship && sql ? [{ target, relationship, sql }] : [];
  });
}
