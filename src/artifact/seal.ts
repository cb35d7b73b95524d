import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ArtifactError } from './artifact-error.ts';

/**
 * An artifact's bytes: 12 of a fixed text, 8 that name the format, 1 that says whether it is signed, 32
 * of SHA-256 over all of that and the body, 32 of HMAC-SHA-256 over everything before them if it is signed, the body.
 */
const magic = Buffer.from('cubewright\n\0', 'latin1');
const formatAt = magic.length;
const signedAt = formatAt + 8;
const digestAt = signedAt + 1;
const signatureAt = digestAt + 32;

export type ArtifactKey = string | Uint8Array;

export function seal(body: Buffer, format: Buffer, key: ArtifactKey | null): Buffer {
  const head = Buffer.concat([magic, format, Buffer.from([key === null ? 0 : 1])]);
  const start = Buffer.concat([head, digestOf(head, body)]);
  return Buffer.concat(key === null ? [start, body] : [start, signatureOf(start, key), body]);
}

/**
 * The body of an artifact, when its bytes are those that were made with this key, or, without one, when
 * they have not changed by accident.
 *
 * @throws ArtifactError
 */
export function unseal(bytes: Buffer, format: Buffer, key: ArtifactKey | null): Buffer {
  if (bytes.length < signatureAt || !bytes.subarray(0, formatAt).equals(magic)) {
    throw new ArtifactError('artifact/not-an-artifact', 'the bytes are no artifact of cubewright');
  }
  if (!bytes.subarray(formatAt, signedAt).equals(format)) {
    const message = 'the artifact was made by a version of cubewright that writes another format';
    throw new ArtifactError('artifact/other-version', `${message}; compile the schema again`);
  }
  const isSigned = bytes[signedAt] === 1;
  const bodyAt = isSigned ? signatureAt + 32 : signatureAt;
  if (bytes[signedAt]! > 1 || bytes.length < bodyAt) throw damaged();
  if (key !== null) checkSignature(bytes, isSigned, key);
  const body = bytes.subarray(bodyAt);
  const digest = digestOf(bytes.subarray(0, digestAt), body);
  if (!timingSafeEqual(digest, bytes.subarray(digestAt, signatureAt))) throw damaged();
  return body;
}

function checkSignature(bytes: Buffer, isSigned: boolean, key: ArtifactKey): void {
  if (!isSigned) {
    throw new ArtifactError(
      'artifact/not-signed',
      'the artifact is not signed, and a key was given',
    );
  }
  const signature = signatureOf(bytes.subarray(0, signatureAt), key);
  if (timingSafeEqual(signature, bytes.subarray(signatureAt, signatureAt + 32))) return;
  const message = 'the artifact was signed with another key, or changed since';
  throw new ArtifactError('artifact/wrong-key', message);
}

function damaged(): ArtifactError {
  return new ArtifactError('artifact/damaged', 'the artifact is damaged: its bytes have changed');
}

function digestOf(head: Buffer, body: Buffer): Buffer {
  return createHash('sha256').update(head).update(body).digest();
}

function signatureOf(start: Buffer, key: ArtifactKey): Buffer {
  return createHmac('sha256', key).update(start).digest();
}
