import type { Model } from '../model/model.ts';
import type { Access } from './access.ts';
import { QueryError } from './query-error.ts';
import { QueryReader } from './query-reader.ts';
import type { NamedMember, Request, RequestedFilter } from './request.ts';
import { MemberResolver } from './resolve-members.ts';
import { UserNames } from './user-names.ts';

/**
 * Refuses what a caller asks for and may not see, before a server adds to the query what the caller
 * did not write. A name that the model does not have at all is left: it may be the server's to translate,
 * and is refused when it is planned.
 *
 * @throws QueryError
 */
export function checkAsked(model: Model, asked: Request, access: Access | null): void {
  const reader = new QueryReader();
  const resolver = new MemberResolver(model, reader, access, new UserNames(model, access));
  const names = [
    ...asked.measures,
    ...asked.dimensions,
    ...asked.segments,
    ...asked.timeDimensions,
    ...asked.filters.flatMap(namesOf),
  ];
  for (const item of names) if (exists(item.name, model)) resolver.any(item);
  if (reader.problems.length > 0) throw new QueryError(reader.problems);
}

function namesOf(filter: RequestedFilter): readonly NamedMember[] {
  return filter.kind === 'leaf' ? [filter] : filter.items.flatMap(namesOf);
}

function exists(name: string, model: Model): boolean {
  const [owner = '', member = ''] = name.split('.');
  const found = model.cubes.get(owner) ?? model.views.get(owner);
  return found?.members.has(member) ?? false;
}
