import { schemaText, tableTexts } from '../property/naive-evaluator/schema-text.ts';
import { smaller } from '../property/naive-evaluator/smaller.ts';
import type { WorldCase } from '../property/naive-evaluator/world.ts';
import { Contest, type Verdict } from './contest.ts';
import { Session } from './postgres.ts';

/** The smallest case with a verdict of the same kind, by leaving out one thing after the other. */
export async function smallest(
  item: WorldCase,
  isAlike: (verdict: Verdict) => boolean,
): Promise<{ item: WorldCase; verdict: Verdict }> {
  await using court = new Court(await Session.open());
  let best = { item, verdict: await court.judge(item) };
  const improve = async (candidates: readonly WorldCase[]): Promise<boolean> => {
    for (const candidate of candidates) {
      const verdict = await court.judge(candidate);
      if (!isAlike(verdict)) continue;
      best = { item: candidate, verdict };
      return true;
    }
    return false;
  };
  for (let isSmaller = true; isSmaller;) {
    const text = schemaText(best.item.world);
    const isCompiled = ({ world }: WorldCase) => schemaText(world) === text;
    const candidates = [...smaller(best.item)];
    isSmaller =
      (await improve(candidates.filter(isCompiled))) ||
      (await improve(candidates.filter((candidate) => !isCompiled(candidate))));
  }
  return best;
}

/** Judges one case after the other; a schema that is still the same is not compiled again. */
class Court {
  readonly #session: Session;
  #text = '';
  #contest: Contest | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  async judge(item: WorldCase): Promise<Verdict> {
    const text = schemaText(item.world);
    if (this.#contest !== null && text === this.#text) {
      await this.#session.load(tableTexts(item.world));
    } else {
      await this.#contest?.[Symbol.asyncDispose]();
      this.#contest = await Contest.open([item.world], this.#session);
      this.#text = text;
    }
    return this.#contest.judge(item);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#contest?.[Symbol.asyncDispose]();
    await this.#session[Symbol.asyncDispose]();
  }
}
