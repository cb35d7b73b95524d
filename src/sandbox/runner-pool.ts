import { availableParallelism } from 'node:os';
import { launchCommand, type LaunchSetting } from './launch.ts';
import { probeLayers, type Confinement, type Layers } from './layers.ts';
import { RunnerProcess } from './runner-process.ts';
import { FairSlots, type SlotRequest } from '../core/fair-slots.ts';

/** Starts runners, and keeps one that waits: a compile need not wait for a process to start. */
export interface RunnerPool {
  /** What this machine puts around a runner. */
  layers(): Layers;
  take(setting: LaunchSetting, launcher: ((argv: string[]) => string[]) | undefined): RunnerProcess;
  /**
   * Waits for its turn: a runner for each processor, and as many again for groups that have none.
   *
   * @throws SlotsBusyError
   */
  turn(request: SlotRequest): Promise<() => void>;
  /** Ends the waiting runner. */
  close(): void;
}

export function createRunnerPool(): RunnerPool {
  return new Pool();
}

/** Compiles and evaluations of one group that may wait: each holds its files. */
export const mostWaiting = 1_000;

const processors = Math.max(2, availableParallelism());

class Pool implements RunnerPool {
  readonly #slots = new FairSlots({ most: processors, extra: processors, mostWaiting });
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

  turn(request: SlotRequest): Promise<() => void> {
    return this.#slots.take(request);
  }

  close(): void {
    this.#spare?.runner.kill();
    this.#spare = null;
  }

  #probe(): Confinement {
    return (this.#confinement ??= probeLayers());
  }
}
