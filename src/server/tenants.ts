import { HookError, refuseAnswer, withTimeout } from './hooks.ts';
import type { RequestContext } from './options.ts';
import type { ServerSettings } from './settings.ts';

/** Which tenant a request is of, and what hooks that answer for a whole tenant may know of it. */
export class Tenants {
  readonly #settings: ServerSettings;
  readonly #known = new WeakMap<RequestContext, Promise<string>>();

  constructor(settings: ServerSettings) {
    this.#settings = settings;
  }

  /** The id of a request's tenant, from `contextToAppId`, which is asked once; without it there is one tenant. */
  async idOf(context: RequestContext): Promise<string> {
    const { options, limits } = this.#settings;
    const { contextToAppId } = options;
    if (!contextToAppId) return '';
    let id = this.#known.get(context);
    if (!id) {
      id = withTimeout('contextToAppId', limits.hookTimeoutMs, () => contextToAppId(context));
      this.#known.set(context, id);
    }
    const answer: unknown = await id;
    if (typeof answer === 'string') return answer;
    return refuseAnswer('contextToAppId', 'a text', answer);
  }

  /**
   * What a hook is given whose answer is kept for others: all of the context when the hook named in
   * `tells` tells tenants apart; otherwise nothing of this user, since everybody gets the answer.
   */
  contextFor<Extra extends object>(
    hook: string,
    context: RequestContext,
    tells: readonly ('contextToAppId' | 'schemaVersion')[],
    extra: Extra,
  ): RequestContext & Extra {
    const { options } = this.#settings;
    if (tells.some((name) => options[name])) return { ...context, ...extra };
    return new Proxy(extra, {
      get(target, name, receiver) {
        if (Object.hasOwn(target, name) || !Object.hasOwn(context, name)) {
          return Reflect.get(target, name, receiver) as unknown;
        }
        throw new HookError(
          `the hook ${hook} reads ${String(name)}, and its answer serves everybody: set ${tells.join(' or ')}`,
        );
      },
    }) as RequestContext & Extra;
  }
}
