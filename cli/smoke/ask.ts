import { request } from 'node:https';

/** Where hosts are asked. */
export interface Way {
  /** The address that all of them are reached at, and its port. @default what DNS says, at 443 */
  readonly via?: { readonly address: string; readonly port: number };
  /** PEM of the authority that signs their certificates. @default those that Node trusts */
  readonly ca?: string;
  /** Seconds that a request may take. @default 10 */
  readonly timeout?: number;
}

/** What came of one request. */
export interface Answer {
  /** True of an answer that is no error of a server. */
  readonly isGood: boolean;
  /** The status, or why there is none: `200`, `ECONNREFUSED`. */
  readonly says: string;
}

/** Asks a host for `/`, once, with its certificate checked. A redirect is an answer. */
export function ask(host: string, { via, ca, timeout = 10 }: Way): Promise<Answer> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeout * 1000);
    const req = request(
      {
        host: via?.address ?? host,
        port: via?.port ?? 443,
        servername: host,
        headers: { host, 'user-agent': 'slipway-smoke' },
        // A connection of its own: one that is kept says nothing of the pods that come.
        agent: false,
        signal,
        ...(ca !== undefined && { ca }),
      },
      (res) => {
        res.on('error', () => undefined).destroy();
        const { statusCode = 0 } = res;
        resolve({ isGood: statusCode < 500, says: String(statusCode) });
      },
    );
    req.on('error', (error: NodeJS.ErrnoException) => {
      const says = signal.aborted ? `no answer in ${timeout} s` : (error.code ?? error.message);
      resolve({ isGood: false, says });
    });
    req.end();
  });
}
