import { once as onceOf } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Client } from 'pg';

/** https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-CANCELREQUEST */
const cancelCode = 80_877_102;
const tlsCode = 80_877_103;
const deadlineMs = 5_000;

/** What `pg` knows of a connection beside its types. */
interface BackendKey {
  readonly processID?: number | null;
  readonly secretKey?: number | Buffer | null;
  readonly ssl?: boolean | ConnectionOptions;
}

/**
 * Asks the server to end what a connection runs, by the key of that connection. A pooler passes it on
 * to the session that runs it; `pg_cancel_backend` would name a process that the pooler made up.
 * Settles when the server has taken the request, or there was no reaching it; never rejects.
 */
export async function cancelStatement(client: Client): Promise<void> {
  const { processID, secretKey, ssl } = client as Client & BackendKey;
  if (typeof processID !== 'number' || secretKey === undefined || secretKey === null) return;
  const key = typeof secretKey === 'number' ? int32(secretKey) : secretKey;
  const body = Buffer.concat([int32(cancelCode), int32(processID), key]);
  const socket = client.host.startsWith('/')
    ? connect(`${client.host}/.s.PGSQL.${client.port}`)
    : connect(client.port, client.host);
  try {
    await send(socket, Buffer.concat([int32(body.length + 4), body]), ssl, client.host);
  } catch {
    // The caller asks again as long as the statement runs.
  } finally {
    socket.destroy();
  }
}

async function send(
  socket: Socket,
  message: Buffer,
  ssl: BackendKey['ssl'],
  host: string,
): Promise<void> {
  const late = AbortSignal.timeout(deadlineMs);
  await once(socket, 'connect', late);
  if (!ssl) return exchange(socket, message, late);
  socket.write(Buffer.concat([int32(8), int32(tlsCode)]));
  const [answer] = await once(socket, 'data', late);
  if (String(answer) !== 'S') return;
  const options = typeof ssl === 'object' ? ssl : {};
  const secure = connectTls({ servername: isIP(host) ? '' : host, ...options, socket });
  await once(secure, 'secureConnect', late);
  return exchange(secure, message, late);
}

/** The server closes the connection when it has signalled. */
async function exchange(socket: Socket, message: Buffer, late: AbortSignal): Promise<void> {
  socket.resume();
  const closed = once(socket, 'close', late);
  socket.write(message);
  await closed;
}

function once(socket: Socket, event: string, signal: AbortSignal): Promise<unknown[]> {
  return onceOf(socket, event, { signal });
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
}
