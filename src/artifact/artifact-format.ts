import { createHash } from 'node:crypto';
import { headerCodec } from './contents.ts';
import { cubeCodec, viewCodec } from './cube-codec.ts';

/** Changes whenever the text of an artifact would be read in another way. */
const revision = 1;

let known: Buffer | null = null;

/** Eight bytes that name the format, from everything that decides it: no change of the model can be forgotten. */
export function artifactFormat(): Buffer {
  known ??= computeFormat();
  return known;
}

function computeFormat(): Buffer {
  const shapes = [headerCodec, cubeCodec, viewCodec].map((codec) => codec.shape());
  const hash = createHash('sha256').update(JSON.stringify([revision, ...shapes]));
  return hash.digest().subarray(0, 8);
}
