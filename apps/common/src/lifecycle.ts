import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from 'node:http';

/** Whether a service accepts new work. */
export class Lifecycle {
  private stopping = false;

  /** True once the service was told to stop. */
  get draining(): boolean {
    return this.stopping;
  }

  drain(): void {
    this.stopping = true;
  }
}

/** Interval between checks for connections that have become idle. */
const IDLE_CHECK_MS = 50;

/**
 * Stops listening and returns once the last response is sent.
 *
 * @param timeoutMs after which connections that are still busy are closed
 * @returns whether every request got its response
 */
export async function closeServer(server: Server, timeoutMs: number): Promise<boolean> {
  if (!server.listening) return true;
  const closed = new Promise<true>((resolve) => void server.close(() => resolve(true)));
  // A keep-alive connection whose request ends now would otherwise stay open until its timeout.
  const idleCheck = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  server.closeIdleConnections();
  const timer = new AbortController();
  try {
    const finished = await Promise.race([closed, sleep(timeoutMs, false, { signal: timer.signal })]);
    if (!finished) server.closeAllConnections();
    return finished;
  } finally {
    clearInterval(idleCheck);
    timer.abort();
  }
}
