import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** So long nobody wonders. */
const PATIENCE_MS = 1000;

/** Standard error. */
const STDERR = 2;

/** Moves to the start of the line, and empties it. */
const CLEARED = '\r\u001b[K';

/** Which of the two threads was faster, in the first number; whether the line is written, in the second one. */
const STATE = { running: 0, shown: 1, ended: 2 } as const;

/**
 * Writes a line if nobody has stopped it in time. In a thread of its own: rendering, and Git, block the one that waits for
 * them, so that no timer would run there.
 */
const WAITING = `
const { workerData: { memory, line, patience } } = require('node:worker_threads');
const state = new Int32Array(memory);
Atomics.wait(state, 0, ${STATE.running}, patience);
if (Atomics.compareExchange(state, 0, ${STATE.running}, ${STATE.shown}) === ${STATE.running}) {
  require('node:fs').writeSync(${STDERR}, line);
  Atomics.store(state, 1, 1);
  Atomics.notify(state, 1);
}`;

/** A terminal that somebody watches: no pipe, and none of CI. */
export function isWatched({ isTTY = false }: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return isTTY && !env['CI'];
}

/** Shows a line on standard error if what follows takes longer than a second. @returns what removes it again */
export function progress(line: string): () => void {
  const memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const state = new Int32Array(memory);
  const worker = new Worker(WAITING, { eval: true, workerData: { memory, line, patience: PATIENCE_MS } });
  worker.unref();
  return () => {
    const before = Atomics.exchange(state, 0, STATE.ended);
    Atomics.notify(state, 0);
    if (before !== STATE.shown) return;
    Atomics.wait(state, 1, 0, PATIENCE_MS);
    writeSync(STDERR, CLEARED);
  };
}
