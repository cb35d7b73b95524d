import { refuseAnswer, withTimeout } from './hooks.ts';
import type { RequestContext } from './options.ts';
import type { ServerSettings } from './settings.ts';

/** Which groups the user of a request is in, for access policies. */
export class Groups {
  readonly #settings: ServerSettings;
  readonly #known = new WeakMap<RequestContext, Promise<readonly string[]>>();

  constructor(settings: ServerSettings) {
    this.#settings = settings;
  }

  /** What the hook says, which is asked once for each request; without one the claim `groups` says it. */
  async optionFor(context: RequestContext): Promise<{ readonly groups?: readonly string[] }> {
    const { options } = this.#settings;
    const hook = options.contextToGroups ?? options.contextToRoles;
    if (!hook) return {};
    let groups = this.#known.get(context);
    if (!groups) {
      groups = this.#ask(hook, context);
      this.#known.set(context, groups);
    }
    return { groups: await groups };
  }

  async #ask(
    hook: (context: RequestContext) => unknown,
    context: RequestContext,
  ): Promise<readonly string[]> {
    const { options, limits } = this.#settings;
    const name = options.contextToGroups ? 'contextToGroups' : 'contextToRoles';
    const answer: unknown = await withTimeout(name, limits.hookTimeoutMs, () => hook(context));
    const items: readonly unknown[] = Array.isArray(answer) ? Array.from(answer) : [undefined];
    if (items.every((item) => typeof item === 'string')) return items;
    return refuseAnswer(name, 'a list of texts', answer);
  }
}
