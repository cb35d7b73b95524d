import type { MemberPath } from '../core/names.ts';
import type { AccessPolicy } from './access-policy.ts';
import type { Format, Hierarchy, Json, Member, MemberBase } from './model.ts';

/** Members of cubes under one name, each with the way by which it is joined. It has no rows of its own. */
export interface View {
  readonly name: string;
  readonly title: string;
  readonly description: string | null;
  readonly public: boolean;
  readonly meta: Json | null;
  /** In the order of the view's cubes, then in the order that `includes` gives them. */
  readonly members: ReadonlyMap<string, ViewMember>;
  /** Levels are members of the view. */
  readonly hierarchies: ReadonlyMap<string, Hierarchy>;
  readonly folders: readonly Folder[];
  /** Members are members of the view. They hold beside the policies of its cubes. */
  readonly accessPolicies: readonly AccessPolicy[];
  readonly file: string;
}

/** Everything but its name, its texts and its way is that of its target. */
export interface ViewMember extends MemberBase {
  readonly kind: Member['kind'];
  /** The member of a cube: `Users.city`. */
  readonly target: MemberPath;
  /** Names of cubes from the root to the target's: `['Orders', 'Users']`. Each declares a join to the next. */
  readonly joinPath: readonly string[];
  readonly format: Format | null;
  /** Of a measure: members of the view. */
  readonly drillMembers: readonly MemberPath[];
}

export interface Folder {
  readonly name: string;
  /** Members of the view, and folders in it. */
  readonly items: readonly (MemberPath | Folder)[];
}
