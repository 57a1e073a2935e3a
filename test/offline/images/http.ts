import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A complete response. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/**
 * Sends a GET request to a service on this machine, on a new connection.
 *
 * @param timeoutMs time limit for the response
 */
export function get(port: number, path: string, timeoutMs = 5000): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    request(
      { host: '127.0.0.1', port, path, agent: false, timeout: timeoutMs },
      (response) => void responseOf(response).then(resolve, reject),
    )
      .on('timeout', function stop(this: { destroy(error: Error): void }) {
        this.destroy(new Error(`no response from :${port}${path} within ${timeoutMs} ms`));
      })
      .on('error', reject)
      .end();
  });
}

/** A POST request whose body is sent in two parts: the second by `finish`. */
export function slowPost(port: number, path: string): { finish(): void; readonly response: Promise<HttpResponse> } {
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path,
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', 'content-length': 2 },
  });
  outgoing.write('{');
  const response = new Promise<HttpResponse>((resolve, reject) => {
    outgoing.on('error', reject).on('response', (incoming) => void responseOf(incoming).then(resolve, reject));
  });
  return { finish: () => void outgoing.end('}'), response };
}

async function responseOf(response: IncomingMessage): Promise<HttpResponse> {
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
