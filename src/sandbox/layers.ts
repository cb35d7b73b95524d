import { spawnSync } from 'node:child_process';

/** What can stand around a runner besides its isolate. */
export type SandboxLayer = 'permission' | 'rlimits' | 'user' | 'no-new-privileges' | 'net';

export interface LayerState {
  readonly layer: SandboxLayer;
  readonly holds: boolean;
  /** What holds, or why it does not. */
  readonly reason: string;
}

export type Layers = readonly LayerState[];

/** The layers of this machine, and the command lines that put them around a runner. */
export interface Confinement {
  readonly layers: Layers;
  /** What stands before the runner's own command line, from the outside in. */
  readonly prefix: readonly string[];
  readonly hasLimits: boolean;
  /** The user to become before any schema text is read; null where the host is not root. */
  readonly user: number | null;
}

/** Where the system keeps setpriv and unshare; the host's own PATH is not trusted. */
export const searchPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Neither a system user, nor one of people, nor `nobody`, who owns files of others. */
const unusedUser = 64_871;

const setpriv = ['setpriv', '--nnp', '--pdeathsig', 'KILL', '--'];

/** Tries each layer once on this machine. Takes some milliseconds. */
export function probeLayers(): Confinement {
  const isLinux = process.platform === 'linux';
  const isRoot = process.getuid?.() === 0;
  const hasPrivileges = isLinux && works([...setpriv, 'true']);
  const prefix: string[] = hasPrivileges ? [...setpriv] : [];
  // Root needs no user namespace, and could not leave its own user inside one.
  const unshare = ['unshare', isRoot ? '-npf' : '-Urnpf', '--kill-child', '--mount-proc', '--'];
  const hasNamespaces = isLinux && works([...prefix, ...unshare, 'true']);
  if (hasNamespaces) prefix.push(...unshare);
  const hasLimits =
    isLinux && works(['/bin/sh', '-c', 'ulimit -c 0; ulimit -d 4000000; ulimit -n 64']);
  return {
    prefix,
    hasLimits,
    user: isRoot ? unusedUser : null,
    layers: [
      state('permission', true, "Node's permission model: it reads its own code alone", ''),
      state(
        'rlimits',
        hasLimits,
        'kernel limits on memory, processor time and files',
        'resource limits need Linux',
      ),
      state(
        'no-new-privileges',
        hasPrivileges,
        'no new privileges; it ends with its host',
        'setpriv does not work here',
      ),
      state(
        'net',
        hasNamespaces,
        'namespaces of its own: no network, no sight of other processes',
        'namespaces are not available here',
      ),
      state(
        'user',
        isRoot || hasNamespaces,
        isRoot ? 'an unused user and group' : 'no rights outside a user namespace of its own',
        'it keeps the user of its host, which is not root',
      ),
    ],
  };
}

function state(layer: SandboxLayer, holds: boolean, reason: string, otherwise: string): LayerState {
  return { layer, holds, reason: holds ? reason : otherwise };
}

function works([name, ...values]: readonly string[]): boolean {
  const options = { stdio: 'ignore', timeout: 2_000, env: { PATH: searchPath } } as const;
  return spawnSync(name!, values, options).status === 0;
}
