import autocannon from 'autocannon';

/** Result of a load test. */
export interface Load {
  /** Successful requests per second. */
  readonly throughput: number;
  /** 99th percentile of the latency in milliseconds. */
  readonly p99: number;
  /** Number of 2xx responses. */
  readonly succeeded: number;
  /** Requests without a response or with a status other than 2xx. */
  readonly lost: number;
}

/** Options of a load test. */
export interface LoadOptions {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  /** Requests per second. @default as many as possible */
  readonly rate?: number;
  /** Body of a POST; `[<id>]` is replaced by a unique id in each request. @default a GET */
  readonly body?: string;
}

export async function load({ url, seconds, connections, rate, body }: LoadOptions): Promise<Load> {
  const result = await autocannon({
    url,
    duration: seconds,
    connections,
    ...(rate !== undefined && { overallRate: rate }),
    ...(body !== undefined && {
      method: 'POST' as const,
      body,
      idReplacement: true,
      headers: { 'content-type': 'application/json' },
    }),
  });
  const { '2xx': succeeded, non2xx, errors, latency, duration } = result;
  return { throughput: succeeded / duration, p99: latency.p99, succeeded, lost: non2xx + errors };
}
