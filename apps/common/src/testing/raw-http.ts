import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A response as received. */
export interface RawResponse {
  /** 0 if the connection was closed without a response. */
  readonly status: number;
  /** Status line and headers, in lower case. */
  readonly head: string;
  readonly body: string;
}

/** A request that may be malformed, which HTTP libraries would not send. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** The sender closes its side after this time without a response, since its Content-Length may exceed the body. */
const TIMEOUT_MS = 400;

/** The bytes of a request; nothing is validated or escaped. */
export function bytesOf({ method, target, headers, body }: RawRequest): Buffer {
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''];
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), body]);
}

/** Sends bytes on a new connection, and waits for the response or for the end of the connection. */
export async function sendRaw(port: number, bytes: Uint8Array): Promise<RawResponse> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1' });
    const timeout = setTimeout(() => socket.end(), TIMEOUT_MS);
    const finish = (): void => {
      clearTimeout(timeout);
      socket.destroy();
      resolve(parse(Buffer.concat(chunks)));
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (isComplete(Buffer.concat(chunks))) finish();
    });
    // Only the response matters, not how the connection ended.
    socket.on('error', finish);
    socket.on('close', finish);
    socket.write(bytes);
  });
}

/** A connection that stays open until it is destroyed, or the server closes it. */
export interface RawConnection {
  readonly socket: Socket;
  /** All that was received so far. */
  text(): string;
  /** Resolves with `text()` once that matches. @throws Error if the connection ends before */
  until(pattern: RegExp): Promise<string>;
  /** Resolves with `text()` once the connection is closed. */
  readonly closed: Promise<string>;
}

/**
 * Sends bytes on a new connection, and keeps it.
 *
 * @param from local address, for a server that is to see another client
 */
export async function openRaw(port: number, bytes: Uint8Array | string, from = '127.0.0.1'): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  await once(socket, 'connect');
  // Only what was received matters, not how the connection ended.
  socket.on('error', () => {});
  socket.write(bytes);
  const until = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(received)) {
      if (socket.closed) throw new Error(`the connection ended without ${pattern}: ${JSON.stringify(received)}`);
      await Promise.race([once(socket, 'data'), closed]);
    }
    return received;
  };
  return { socket, text: () => received, until, closed };
}

function isComplete(response: Buffer): boolean {
  const end = response.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = response.subarray(0, end).toString('latin1');
  if (/\r\ntransfer-encoding: chunked/i.test(head))
    return response.subarray(end).toString('latin1').endsWith(LAST_CHUNK);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  return length !== undefined && response.length >= end + 4 + Number(length);
}

const LAST_CHUNK = '0\r\n\r\n';

function parse(response: Buffer): RawResponse {
  const end = response.indexOf('\r\n\r\n');
  const head = response.subarray(0, Math.max(0, end)).toString('latin1').toLowerCase();
  const body = response.subarray(end + 4).toString();
  const isEmpty = head.includes('transfer-encoding: chunked') && body === LAST_CHUNK;
  return { status: Number(/^http\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: isEmpty ? '' : body };
}
