import autocannon from 'autocannon';

/** What a load of requests met. */
export interface Load {
  /** Answers a second, over the whole time. */
  readonly throughput: number;
  /** Milliseconds that 99 of 100 answers took at most. */
  readonly p99: number;
  readonly answers: number;
  /** Requests without an answer, or with one that is not 2xx. */
  readonly lost: number;
}

/** A load on one address. */
export interface LoadOptions {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  /** Requests a second; as many as go, unless given. */
  readonly rate?: number;
  /** Body of POST; each `[<id>]` in it becomes another text for each request. */
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
  const { '2xx': answers, non2xx, errors, latency, duration } = result;
  return { throughput: answers / duration, p99: latency.p99, answers, lost: non2xx + errors };
}
