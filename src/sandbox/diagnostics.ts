import { defineDiagnostics } from '../core/diagnostic.ts';

/** How an evaluation can end without a reply. Each names the option that moves its limit. */
export const reportSandbox = defineDiagnostics({
  'sandbox/timeout': (p: { ms: number }) =>
    `evaluating the schema needs more than ${p.ms} ms of processor time`,
  'sandbox/clock-timeout': (p: { ms: number }) =>
    `the schema was still being evaluated after ${p.ms} ms by the clock`,
  'sandbox/busy': (p: { most: number }) =>
    `${p.most} compiles and evaluations of this group wait for a runner already`,
  'sandbox/function-timeout': (p: { name: string; ms: number }) =>
    `the host function ${p.name} had not answered after ${p.ms} ms`,
  'sandbox/memory': (p: { megabytes: number }) =>
    `evaluating the schema needs more than ${p.megabytes} MB of memory`,
  'sandbox/reply-too-large': (p: { bytes: number }) => `the schema is larger than ${p.bytes} bytes`,
  'sandbox/file-too-large': (p: { path: string; bytes: number }) =>
    `${p.path} is larger than ${p.bytes} bytes`,
  'sandbox/source-too-large': (p: { bytes: number }) =>
    `the schema files together are larger than ${p.bytes} bytes`,
  'sandbox/runner-failed': (p: { reason: string }) =>
    `the process that evaluates the schema ended: ${p.reason}`,
  'sandbox/bad-reply': (p: { reason: string }) =>
    `the process that evaluates the schema answered something else than a schema: ${p.reason}`,
  'sandbox/layer-missing': (p: { layer: string; reason: string }) =>
    `the sandbox layer '${p.layer}' is required and does not hold here: ${p.reason}`,
});
