import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Places, refuseFull } from './limits.ts';
import { refuse } from './problem.ts';

/** Limits on bodies that have not arrived completely. */
export interface BodyLimits {
  /** Maximum size of a body in bytes. */
  readonly bytes: number;
  /** Time to receive a body in milliseconds. */
  readonly timeoutMs: number;
  /** Maximum number of unfinished bodies. */
  readonly total: number;
  /** … of one client. */
  readonly perClient: number;
}

type Refusal = readonly [status: number, detail: string];

/** Refuses what is not UTF-8: a replaced character would be stored as if the client had sent it. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

const TOO_LARGE: Refusal = [413, 'The body is too large.'];

/** Reads JSON bodies, and refuses others before anything of them is read, or sent if the client waits for 100 Continue. */
export class Bodies {
  private readonly unfinished: Places;

  constructor(private readonly limits: BodyLimits) {
    this.unfinished = new Places(limits.total, limits.perClient);
  }

  /** Calls `next` once the body has arrived, with the parsed JSON as `request.body`; else responds itself. */
  read(request: IncomingMessage, response: ServerResponse, client: string, next: () => void): void {
    const { headers } = request;
    if (headers['transfer-encoding'] === undefined && lengthOf(headers) === 0) return next();
    const refusal = lengthOf(headers) > this.limits.bytes ? TOO_LARGE : unsupported(headers);
    if (refusal) return refuse(response, ...refusal);
    const full = this.unfinished.take(client);
    if (full !== undefined) return refuseFull(response, full);
    if (expectsContinue(request)) response.writeContinue();
    this.receive(request, response, client, (bytes) => {
      try {
        if (bytes.length > 0) Object.assign(request, { body: JSON.parse(UTF8.decode(bytes)) as unknown });
      } catch {
        return refuse(response, 400, 'The body is not valid JSON.');
      }
      next();
    });
  }

  private receive(
    request: IncomingMessage,
    response: ServerResponse,
    client: string,
    done: (body: Buffer) => void,
  ): void {
    const { bytes, timeoutMs } = this.limits;
    const chunks: Buffer[] = [];
    let size = 0;
    let unfinished = true;
    const settle = (): void => {
      if (!unfinished) return;
      unfinished = false;
      clearTimeout(timer);
      this.unfinished.giveBack(client);
    };
    const timer = setTimeout(() => {
      settle();
      response.setHeader('Connection', 'close');
      refuse(response, 408, `The body took longer than ${timeoutMs / 1000} seconds to arrive.`);
    }, timeoutMs);
    response.once('close', settle);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (!unfinished) return;
      if (size <= bytes) {
        chunks.push(chunk);
        return;
      }
      settle();
      chunks.length = 0;
      refuse(response, ...TOO_LARGE);
    });
    request.on('end', () => {
      if (!unfinished) return;
      settle();
      done(Buffer.concat(chunks));
    });
  }
}

function lengthOf(headers: IncomingHttpHeaders): number {
  return Number(headers['content-length'] ?? 0);
}

function unsupported(headers: IncomingHttpHeaders): Refusal | undefined {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  if (!/^application\/json\s*(;|$)/i.test(type)) return [415, 'Send the body as application/json.'];
  if (encoding.toLowerCase() !== 'identity') return [415, 'The body is compressed; send it uncompressed.'];
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type)?.[1] ?? 'utf-8';
  return /^utf-?8$/i.test(charset) ? undefined : [415, 'The character set of the body is not supported; send UTF-8.'];
}

/** HTTP/1.0 has no interim responses. */
function expectsContinue({ headers, httpVersionMinor }: IncomingMessage): boolean {
  return headers.expect !== undefined && httpVersionMinor > 0 && /(^|\W)100-continue(\W|$)/i.test(headers.expect);
}
