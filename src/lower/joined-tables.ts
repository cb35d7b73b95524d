import { invariant } from '../core/invariant.ts';
import { ownerOf, type MemberPath } from '../core/names.ts';
import type { Cube, DimensionType } from '../model/model.ts';
import { conditionAt } from '../planner/condition.ts';
import type {
  JoinNode,
  JoinPath,
  JoinStep,
  Occurrence,
  ScanNode,
  SubQueryStep,
} from '../planner/plan.ts';
import type { Expression, FromItem, Join } from '../sql/ast.ts';
import type { Aliases } from './aliases.ts';
import { guarded } from './guarded.ts';
import type { Resolve } from './lower-condition.ts';
import { lowerFragment } from './lower-fragment.ts';
import { findMember, lowerMember, lowerMeasureFilters } from './lower-member.ts';
import { lowerPolicy } from './lower-policy.ts';
import { lowerSource } from './lower-source.ts';
import { joinGroups } from './lower-sub-query.ts';
import type { Lowering } from './lowering.ts';
import type { RowScope } from './row-scope.ts';
import { allOf } from './selects.ts';
import type { StatementScope } from './statement-scope.ts';
import { inUtc } from './time-form.ts';

/** The cubes of a scan or a join as tables of one FROM clause, and their members there. */
export class JoinedTables {
  readonly from: FromItem;
  readonly joins: readonly Join[];
  readonly #root: string;
  readonly #lowering: Lowering;
  readonly #occurrences: ReadonlyMap<MemberPath, Occurrence>;
  readonly #places = new Map<MemberPath, JoinPath>();
  readonly #aliases = new Map<JoinPath, string>();
  readonly #references = new Map<string, JoinPath>();
  /** Masked dimensions that some rows show. */
  readonly #shown = new Map<MemberPath, Expression>();
  /** Measures of sub-query dimensions, by place and dimension. */
  readonly #groups = new Map<string, ReadonlyMap<MemberPath, Expression>>();

  constructor(
    node: ScanNode | JoinNode,
    aliases: Aliases,
    statement: StatementScope,
    lowering: Lowering,
  ) {
    const { occurrences } = statement;
    const steps = node.kind === 'join' ? node.joins : [];
    this.#root = node.kind === 'join' ? node.input.cube : node.cube;
    this.#lowering = lowering;
    this.#occurrences = occurrences;
    for (const { at, cube, to } of node.kind === 'join' ? node.references : []) {
      this.#references.set(`${at} ${cube}`, to);
    }
    for (const { name, at } of node.kind === 'join' ? node.places : []) this.#places.set(name, at);
    this.#aliases.set(this.#root, aliases.table(this.#cube(this.#root).alias, this.#root));
    const nearest = this.#nearest(steps);
    for (const step of steps) {
      const { alias } = this.#cube(step.cube);
      const isNearest = nearest.get(step.cube) === step.path;
      const wanted = isNearest ? alias : `${this.#aliases.get(step.from)}_${alias}`;
      this.#aliases.set(step.path, aliases.table(wanted, step.path));
    }
    this.from = this.#fromItem(this.#root, this.#root);
    const subQueries = node.kind === 'join' ? node.subQueries : [];
    const groupsAt = (place: JoinPath): Join[] =>
      subQueries
        .filter(({ at, after }) => (after ?? at) === place)
        .map((step) => this.#joinGroups(step, aliases, statement));
    this.joins = [
      ...groupsAt(this.#root),
      ...steps.flatMap((step) => [this.#join(step), ...groupsAt(step.path)]),
    ];
  }

  /** A member of a column or a condition of the plan. */
  readonly resolve: Resolve = (name, as) => {
    const member = this.#occurrences.get(name)?.member ?? name;
    const place = this.#placeOf(name);
    if (as === 'filters') return lowerMeasureFilters(member, this.#lowering, this.#scope(place));
    const lowering = as === 'utc' ? inUtc(this.#lowering) : this.#lowering;
    const value = this.#member(member, place, lowering);
    const shown = this.#lowering.plan.masked?.find((item) => item.name === name)?.shown ?? [];
    return shown.length === 0 ? value : this.#shownByRow(name, value);
  };

  /** A masked dimension: its value where policies show the row, else what masks it. */
  #shownByRow(name: MemberPath, mask: Expression): Expression {
    const known = this.#shown.get(name);
    if (known) return known;
    const { asked, shown } = this.#lowering.plan.masked!.find((item) => item.name === name)!;
    const scope = this.#scope(this.#placeOf(name), inUtc(this.#lowering));
    const tests = shown.map(({ owner, rows }) => {
      const isView = this.#lowering.model.views.has(owner);
      const place = {
        owner,
        position: 'mask',
        resolve: (path: MemberPath) => ({
          expression: isView ? this.resolve(path, 'utc') : scope.member(path),
          type: this.#typeOf(path),
        }),
      } as const;
      return guarded(lowerPolicy(rows, place, this.#lowering), `policy ${owner}`);
    });
    const then = this.resolve(asked, 'value');
    const expression: Expression = {
      kind: 'case',
      branches: [{ when: allOf(tests)!, then }],
      otherwise: mask,
    };
    const made = guarded(expression, `mask ${asked}`);
    this.#shown.set(name, made);
    return made;
  }

  #typeOf(name: MemberPath): DimensionType {
    const { member } = findMember(this.#occurrences.get(name)?.member ?? name, this.#lowering);
    invariant(member.kind === 'dimension', `an access policy filters by ${name}`);
    return member.type;
  }

  /** A member of the cube at a place; one that is a sub-query dimension has its measures joined there. */
  #member(path: MemberPath, place: JoinPath, lowering = this.#lowering): Expression {
    const scope = this.#scope(place, lowering);
    const measures = this.#groups.get(`${place} ${path}`);
    if (!measures) return lowerMember(path, lowering, scope);
    const member = (name: MemberPath): Expression => measures.get(name) ?? scope.member(name);
    return lowerMember(path, lowering, { ...scope, member });
  }

  #joinGroups(step: SubQueryStep, aliases: Aliases, statement: StatementScope): Join {
    const { at, dimension } = step;
    const { alias } = this.#cube(ownerOf(dimension)).members.get(dimension.split('.')[1]!)!;
    const wanted = `${this.#aliases.get(at)}_${alias}_subquery`;
    const table = aliases.table(wanted, `${at} ${dimension}`);
    const { join, measures } = joinGroups(step, table, (key) => this.#member(key, at), statement);
    this.#groups.set(`${at} ${dimension}`, measures);
    return join;
  }

  /** Of a cube that is joined on several paths, the place that has its plain alias. */
  #nearest(steps: readonly JoinStep[]): Map<string, JoinPath> {
    const nearest = new Map([[this.#root, this.#root]]);
    const depth = (path: JoinPath): number => path.split('.').length;
    for (const { cube, path } of [...steps].sort((a, b) => depth(a.path) - depth(b.path))) {
      if (nearest.has(cube)) continue;
      nearest.set(cube, this.#references.get(`${this.#root} ${cube}`) ?? path);
    }
    return nearest;
  }

  #join(step: JoinStep): Join {
    const cube = this.#cube(step.from.slice(step.from.lastIndexOf('.') + 1));
    const { sql } = cube.joins.find((join) => join.target === step.cube)!;
    const on = lowerFragment(
      sql.pieces,
      {
        member: sql.member,
        property: sql.property,
        file: sql.file,
        position: 'member',
        scope: this.#stepScope(step),
      },
      this.#lowering,
    );
    return { type: 'left', item: this.#fromItem(step.path, step.cube), on };
  }

  #fromItem(path: JoinPath, cube: string): FromItem {
    const { plan } = this.#lowering;
    const rows = [this.#memberAt, this.#viewMemberAt].flatMap((nameAt) =>
      plan.rows.map((condition) =>
        conditionAt(condition, (name) => nameAt.call(this, name, path, cube)),
      ),
    );
    const source = lowerSource(this.#cube(cube), { ...this.#lowering, plan: { ...plan, rows } });
    return { source, alias: this.#aliases.get(path)!, label: cube };
  }

  /**
   * What a name of the query is to the source at a place. What the query asks of a cube, it asks of the
   * place that its members have: another place of the same cube holds other rows.
   */
  #memberAt(name: MemberPath, path: JoinPath, cube: string): MemberPath | null {
    const occurrence = this.#occurrences.get(name);
    const place = this.#places.get(name);
    if (place === undefined) {
      const isNamed = (this.#references.get(`${this.#root} ${cube}`) ?? this.#root) === path;
      return isNamed ? (occurrence?.member ?? name) : null;
    }
    return place === path ? (occurrence?.member ?? name) : null;
  }

  /** A view's member under its own name: to its cube at its place, and to any other cube that stands once. */
  #viewMemberAt(name: MemberPath, path: JoinPath, cube: string): MemberPath | null {
    const member = this.#occurrences.get(name)?.member ?? name;
    if (member === name) return null;
    if (member.startsWith(`${cube}.`)) return this.#memberAt(name, path, cube) && name;
    const places = [...this.#aliases.keys()].filter((item) => item.split('.').at(-1) === cube);
    return places.length === 1 ? name : null;
  }

  #placeOf(name: MemberPath): JoinPath {
    const place = this.#places.get(name);
    if (place !== undefined) return place;
    const { member, via } = this.#occurrences.get(name) ?? { member: name, via: null };
    // Without joins, whatever path leads here, its end is the root.
    invariant(via === null || this.joins.length === 0, `${name} has no place in this join`);
    return this.#resolve(this.#root, ownerOf(member));
  }

  #scope(at: JoinPath, lowering = this.#lowering): RowScope {
    return this.#scopeBy((cube) => this.#resolve(at, cube), lowering);
  }

  /** In the condition of a join its target is the cube that it joins, whatever else has that name. */
  #stepScope(step: JoinStep): RowScope {
    return this.#scopeBy((cube) =>
      cube === step.cube ? step.path : this.#resolve(step.from, cube),
    );
  }

  #scopeBy(place: (cube: string) => JoinPath, lowering = this.#lowering): RowScope {
    return {
      aliasOf: (cube) => this.#aliases.get(place(cube))!,
      member: (path): Expression => this.#member(path, place(ownerOf(path)), lowering),
    };
  }

  #resolve(at: JoinPath, cube: string): JoinPath {
    const place = this.#references.get(`${at} ${cube}`);
    if (place !== undefined) return place;
    invariant(at.slice(at.lastIndexOf('.') + 1) === cube, `${cube} is not joined to ${at}`);
    return at;
  }

  #cube(name: string): Cube {
    const cube = this.#lowering.model.cubes.get(name);
    invariant(cube, `plan scans ${name}, which the model does not have`);
    return cube;
  }
}
