import { connect } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  /** 0 if the connection was closed without an answer. */
  readonly status: number;
  /** In small letters. */
  readonly head: string;
  readonly body: string;
}

/** A request that no HTTP library would agree to send. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** After so long without an answer the sender ends its side: it may have announced more than it sent. */
const PATIENCE_MS = 400;

/** The bytes of a request, as they are: nothing is checked nor escaped. */
export function bytesOf({ method, target, headers, body }: RawRequest): Buffer {
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''];
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), body]);
}

/** Sends bytes on a connection of their own and waits for the answer, or for the end of the connection. */
export async function sendRaw(port: number, bytes: Uint8Array): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1' });
    const patience = setTimeout(() => socket.end(), PATIENCE_MS);
    const finish = (): void => {
      clearTimeout(patience);
      socket.destroy();
      resolve(parse(Buffer.concat(chunks)));
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (isWhole(Buffer.concat(chunks))) finish();
    });
    // The answer counts, not how the connection ended.
    socket.on('error', finish);
    socket.on('close', finish);
    socket.write(bytes);
  });
}

function isWhole(answer: Buffer): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = answer.subarray(0, end).toString('latin1');
  if (/\r\ntransfer-encoding: chunked/i.test(head)) return answer.subarray(end).toString('latin1').endsWith(LAST_CHUNK);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  return length !== undefined && answer.length >= end + 4 + Number(length);
}

const LAST_CHUNK = '0\r\n\r\n';

function parse(answer: Buffer): RawAnswer {
  const end = answer.indexOf('\r\n\r\n');
  const head = answer.subarray(0, Math.max(0, end)).toString('latin1').toLowerCase();
  const body = answer.subarray(end + 4).toString();
  const isEmpty = head.includes('transfer-encoding: chunked') && body === LAST_CHUNK;
  return { status: Number(/^http\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: isEmpty ? '' : body };
}
