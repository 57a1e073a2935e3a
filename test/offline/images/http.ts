import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** An answer, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/**
 * Asks a service on this machine, on a connection of its own.
 *
 * @param timeoutMs how long the answer may take
 */
export function ask(port: number, path: string, timeoutMs = 5000): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(
      { host: '127.0.0.1', port, path, agent: false, timeout: timeoutMs },
      (response) => void answerOf(response).then(resolve, reject),
    )
      .on('timeout', function stop(this: { destroy(error: Error): void }) {
        this.destroy(new Error(`no answer from :${port}${path} within ${timeoutMs} ms`));
      })
      .on('error', reject)
      .end();
  });
}

/** A request whose body comes in two parts: the second when asked for. */
export function slowPost(port: number, path: string): { finish(): void; readonly answer: Promise<Answer> } {
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path,
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', 'content-length': 2 },
  });
  outgoing.write('{');
  const answer = new Promise<Answer>((resolve, reject) => {
    outgoing.on('error', reject).on('response', (response) => void answerOf(response).then(resolve, reject));
  });
  return { finish: () => void outgoing.end('}'), answer };
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
