import { createHash } from 'node:crypto';
import { contextText, type ContextRead, type ToldContext } from '../core/context-read.ts';
import type { SourceFile } from '../core/source.ts';
import { asked, say } from '../core/told.ts';
import { dynamicKey, type DynamicLinker } from '../model/link-dynamic.ts';
import type { DynamicValue, Model } from '../model/model.ts';
import { claimData, type ClaimData } from '../planner/claim-data.ts';
import { QueryError } from '../planner/query-error.ts';
import { SecurityContextError } from '../planner/security-context-error.ts';
import type { Evaluation, EvaluationRequest } from '../sandbox/evaluate.ts';
import type { Limits } from '../sandbox/limits.ts';
import { decodeNeeded, decodeValues, MalformedReply, type Needed } from '../syntax/decode-unit.ts';
import { BoundedCache } from './bounded-cache.ts';

export interface DynamicSetting {
  readonly files: readonly SourceFile[];
  readonly limits: Limits;
  readonly linker: DynamicLinker;
  /** What the compile was told of its context: evaluations see that as well. */
  readonly reads: readonly ContextRead[];
  /** Evaluates some values in a runner of their own. */
  readonly evaluate: (
    dynamic: NonNullable<EvaluationRequest['dynamic']>,
    signal: AbortSignal,
  ) => Promise<Evaluation>;
}

/** What an evaluation with some claims gave: what else to send, or a model. */
type Answer = Needed | { readonly kind: 'model'; readonly model: Model };

/** What is sent to an evaluation: claims as JSON text of `[path, value]` each, and parts of the compile context. */
type Sent = Pick<NonNullable<EvaluationRequest['dynamic']>, 'claims' | 'context'>;

/** For whom values are evaluated. */
export interface EvaluationUser {
  readonly securityContext: object;
  /** Canonical data, once it is needed. */
  readonly compileContext: () => unknown;
}

const cacheBytes = 32_000_000;
/** What a model of one user is taken to weigh beside its texts. */
const answerBytes = 20_000;
/** Evaluations that run or wait; more would only wait past their deadlines. */
const mostRunning = 128;
const mostClaims = 16;
const mostParts = 32;

/**
 * The values of a schema that read claims, evaluated for each user by the schema's own code. It
 * starts without claims; each that it reads and was not sent is sent in another run, in a fresh
 * process, and so are parts of the compile context that the compile did not read. Answers are remembered by what was sent, never by what the code says that it read.
 */
export class DynamicValues {
  readonly #setting: DynamicSetting;
  readonly #known = new BoundedCache<Answer>(cacheBytes);
  readonly #running = new Map<string, Promise<Answer>>();
  readonly #closing = new AbortController();

  constructor(setting: DynamicSetting) {
    this.#setting = setting;
  }

  /**
   * The model with these values as they are for one user.
   *
   * @throws SecurityContextError when they cannot be evaluated; never shows a claim.
   */
  async modelFor(
    values: readonly DynamicValue[],
    user: EvaluationUser,
    signal: AbortSignal | undefined,
  ): Promise<Model> {
    const wanted = new Map(values.map((value) => [dynamicKey(value), value.path]));
    const sorted = [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
    const claims: (readonly [readonly string[], ClaimData?])[] = [];
    const context = this.#setting.reads.map(({ path, whole, text }): ToldContext => [
      path,
      whole,
      text,
    ]);
    const most = context.length + mostParts;
    while (claims.length <= mostClaims && context.length <= most) {
      const sent = { claims: JSON.stringify(claims), context };
      const answer = await abortable(this.#answer(sorted, sent), signal);
      if (answer.kind === 'model') return answer.model;
      const { path } = answer;
      if (answer.kind === 'context') {
        context.push([path, answer.whole, contextText(user.compileContext(), path, answer.whole)]);
        continue;
      }
      if (claims.some(([known]) => known.every((name, index) => name === path[index]))) break;
      const data = claimData(user.securityContext, path);
      claims.push(data === undefined ? [path] : [path, data]);
    }
    throw failed('it asks for more claims than can be sent');
  }

  /** Ends what still runs. */
  close(): void {
    this.#closing.abort(new Error('the schema is closed'));
    this.#known.clear();
  }

  #answer(values: readonly DynamicValue['path'][], sent: Sent): Promise<Answer> {
    // The key holds claims: only its hash is kept.
    const key = createHash('sha256')
      .update(JSON.stringify([values, sent]))
      .digest('base64');
    const known = this.#known.get(key);
    if (known) return Promise.resolve(known);
    const running = this.#running.get(key);
    if (running) return running;
    if (this.#running.size >= mostRunning) throw busy();
    const answer = this.#evaluate(values, sent, key).finally(() => this.#running.delete(key));
    this.#running.set(key, answer);
    // Whoever waits is told; nobody may wait any more.
    answer.catch(() => undefined);
    return answer;
  }

  async #evaluate(
    values: readonly DynamicValue['path'][],
    sent: Sent,
    key: string,
  ): Promise<Answer> {
    const { evaluate } = this.#setting;
    const result = await evaluate({ values, ...sent }, this.#closing.signal);
    if (result.kind === 'failed') throw failed(result.diagnostic.code);
    const answer = await this.#decode(result.text, values);
    this.#known.set(key, answer, result.text.length * 4 + answerBytes);
    return answer;
  }

  async #decode(text: string, values: readonly DynamicValue['path'][]): Promise<Answer> {
    const { files, limits, linker } = this.#setting;
    try {
      const needed = decodeNeeded(text);
      if (needed) return needed;
      const decoded = await decodeValues(text, files, limits);
      const found = decoded.values;
      if (found.length !== values.length) throw failed('sandbox/bad-reply');
      const linked = linker.link(
        new Map(found.map((value, index) => [JSON.stringify(values[index]), value])),
      );
      const wrong = [...decoded.diagnostics, ...linked.diagnostics].find(
        (diagnostic) => diagnostic.severity === 'error',
      );
      if (wrong) throw failed(wrong.code);
      return { kind: 'model', model: linked.model };
    } catch (error) {
      if (error instanceof MalformedReply) throw failed(error.diagnostic.code);
      throw error;
    }
  }
}

/** The text of a finding may hold a claim: only its code is told. */
function failed(reason: string): SecurityContextError {
  return new SecurityContextError(
    'context/evaluation-failed',
    say`a value of the schema that reads the security context could not be evaluated: ${asked(reason)}`,
  );
}

function busy(): QueryError {
  const message = say`too many values of the schema are being evaluated; try again`;
  return new QueryError([{ code: 'query/busy', path: '', message }]);
}

/** Stops waiting when the signal says so; the work itself goes on for others. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
