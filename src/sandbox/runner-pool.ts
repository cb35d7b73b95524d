import { availableParallelism } from 'node:os';
import { launchCommand, type LaunchSetting } from './launch.ts';
import { probeLayers, type Confinement, type Layers } from './layers.ts';
import { RunnerProcess } from './runner-process.ts';
import { Slots } from '../core/slots.ts';

/** Starts runners, and keeps one that waits: a compile need not wait for a process to start. */
export interface RunnerPool {
  /** What this machine puts around a runner. */
  layers(): Layers;
  take(setting: LaunchSetting, launcher: ((argv: string[]) => string[]) | undefined): RunnerProcess;
  /** Waits for its turn: more runners than processors would only make each miss its deadline. */
  turn(): Promise<() => void>;
  /** Ends the waiting runner. */
  close(): void;
}

export function createRunnerPool(): RunnerPool {
  return new Pool();
}

class Pool implements RunnerPool {
  readonly #slots = new Slots(Math.max(2, availableParallelism()));
  #confinement: Confinement | null = null;
  #spare: { readonly key: string; readonly runner: RunnerProcess } | null = null;

  layers(): Layers {
    return this.#probe().layers;
  }

  take(
    setting: LaunchSetting,
    launcher: ((argv: string[]) => string[]) | undefined,
  ): RunnerProcess {
    const command = launchCommand(this.#probe(), setting);
    if (launcher) return new RunnerProcess(launcher(command));
    const key = command.join('\0');
    const spare = this.#spare;
    this.#spare = null;
    const fits = spare !== null && spare.key === key && spare.runner.isAlive;
    if (spare !== null && !fits) spare.runner.kill();
    const runner = fits ? spare.runner : new RunnerProcess(command);
    // After this compile has been sent off, so that starting the next does not delay it.
    setImmediate(() => {
      if (this.#spare === null) this.#spare = { key, runner: new RunnerProcess(command) };
    });
    return runner;
  }

  turn(): Promise<() => void> {
    return this.#slots.take();
  }

  close(): void {
    this.#spare?.runner.kill();
    this.#spare = null;
  }

  #probe(): Confinement {
    return (this.#confinement ??= probeLayers());
  }
}
