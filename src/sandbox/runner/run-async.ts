import { stateScript, stepScript } from '../../frontend/guest-scripts.ts';

export interface AsyncRun {
  readonly secret: string;
  /** Runs a script in the isolate, and what it sets free. */
  readonly run: (text: string) => unknown;
  /** Says which file is at work. */
  readonly progress: (file: number) => void;
  /** Hands calls (JSON text) to the host and waits for an answer (JSON text). */
  readonly exchange: (calls: string) => string;
}

/**
 * Runs async modules one after another. The isolate runs, then the host answers, never both: so only
 * the host's time counts as waiting.
 */
export function runAsync({ secret, run, progress, exchange }: AsyncRun): void {
  for (;;) {
    const text = run(stateScript(secret));
    const [state, file, calls] = JSON.parse(String(text)) as [number, number, unknown[]];
    progress(file);
    if (state === 0) return;
    const answer = state === 2 || calls.length > 0 ? exchange(JSON.stringify(calls)) : null;
    run(stepScript(answer, secret));
  }
}
