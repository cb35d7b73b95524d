import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Confinement } from './layers.ts';

export interface LaunchSetting {
  readonly memoryMb: number;
  readonly timeoutMs: number;
}

/**
 * Data size (`VmData`) of a runner that is ready, in megabytes: V8 reserves that much before any
 * schema code runs. Measured with Node 24.21 on x64 (1,060) and rounded up.
 */
const readyDataMb = 1_200;
const slackMb = 128;
/** What a runner may use of a processor beside its limit, in seconds: the host ends it before that. */
const slackSeconds = 5;

/** The whole command line of a runner: limits, layers, Node with its flags, the runner's file. */
export function launchCommand(confinement: Confinement, setting: LaunchSetting): string[] {
  const command = [...confinement.prefix, process.execPath, ...nodeFlags(), runnerFile()];
  if (confinement.user !== null) command.push(String(confinement.user));
  if (!confinement.hasLimits) return command;
  const data = (readyDataMb + setting.memoryMb + slackMb) * 1024;
  const seconds = Math.ceil(setting.timeoutMs / 1000) + slackSeconds;
  // The soft limit ends a process by a signal that tells why, the hard one whatever it does with that.
  const time = `ulimit -S -t ${seconds}; ulimit -H -t ${seconds + 2}`;
  const limits = `ulimit -c 0; ulimit -f 0; ulimit -n 64; ${time}; ulimit -d ${data}`;
  return ['/bin/sh', '-c', `${limits}; exec "$@"`, 'sh', ...command];
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** The sources under Node's type stripping, or what the build made of them. */
function runnerFile(): string {
  return fileURLToPath(new URL(`./runner/main.${extension}`, import.meta.url));
}

function nodeFlags(): string[] {
  return [
    '--no-node-snapshot',
    '--disable-sigusr1',
    '--no-warnings',
    '--permission',
    '--allow-addons',
    ...readablePaths().map((file) => `--allow-fs-read=${file}`),
  ];
}

/** The runner's own code, its three packages, and what their loaders look for. */
function readablePaths(): string[] {
  const source = fileURLToPath(new URL('..', import.meta.url));
  const tables = ['properties.data', 'shapes'].map((name) => `model/${name}.${extension}`);
  const own = ['core', 'syntax', 'frontend', 'sandbox', ...tables].map((name) =>
    path.join(source, name),
  );
  const manifests = [path.join(source, 'package.json'), path.join(source, '..', 'package.json')];
  const require = createRequire(import.meta.url);
  const isolatedVm = packageFolder(require.resolve('isolated-vm'));
  const loader = createRequire(path.join(isolatedVm, 'package.json')).resolve('node-gyp-build');
  // The links by which packages are found are read too, where an install is made of links.
  const links = [
    linkOf(source, 'acorn'),
    linkOf(source, 'yaml'),
    linkOf(source, 'isolated-vm'),
    linkOf(isolatedVm, 'node-gyp-build'),
  ];
  const parsers = ['acorn', 'yaml'].map((name) => packageFolder(require.resolve(name)));
  const folders = [...parsers, isolatedVm, packageFolder(loader)];
  const packages = [...links, ...folders];
  return [...own, ...manifests, ...packages, '/etc/alpine-release'].flatMap((file) =>
    existsSync(file) ? [...new Set([file, realpathSync(file)])] : [file],
  );
}

/** Where a module looks for a package: `node_modules` of its folder, or of one above. */
function linkOf(from: string, name: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const link = path.join(folder, 'node_modules', name);
    if (existsSync(link) || path.dirname(folder) === folder) return link;
  }
}

function packageFolder(file: string): string {
  let folder = path.dirname(file);
  while (!existsSync(path.join(folder, 'package.json')) && path.dirname(folder) !== folder) {
    folder = path.dirname(folder);
  }
  // A package may mark its module kind by a manifest in a folder of its own.
  const parent = path.dirname(folder);
  return path.basename(parent) !== 'node_modules' && existsSync(path.join(parent, 'package.json'))
    ? parent
    : folder;
}
