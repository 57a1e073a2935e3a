import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from 'node:http';

/** Whether a service takes new work. */
export class Lifecycle {
  private stopping = false;

  /** True from the moment that the service was told to stop. */
  get draining(): boolean {
    return this.stopping;
  }

  drain(): void {
    this.stopping = true;
  }
}

/** Milliseconds between two looks for connections that have become idle. */
const LOOK_MS = 50;

/**
 * Stops listening and returns when the last request is answered.
 *
 * @param mostMs how long that may take; connections that still work after it are cut
 * @returns whether every request was answered
 */
export async function closeServer(server: Server, mostMs: number): Promise<boolean> {
  if (!server.listening) return true;
  const closed = new Promise<true>((resolve) => void server.close(() => resolve(true)));
  // A kept-alive connection whose request ends now would otherwise stay open for its whole timeout.
  const looks = setInterval(() => server.closeIdleConnections(), LOOK_MS);
  server.closeIdleConnections();
  const timer = new AbortController();
  try {
    const finished = await Promise.race([closed, sleep(mostMs, false, { signal: timer.signal })]);
    if (!finished) server.closeAllConnections();
    return finished;
  } finally {
    clearInterval(looks);
    timer.abort();
  }
}
