import { writeSync } from 'node:fs';

/** Where log lines go. */
export interface LogSink {
  /** Takes one line, without its line feed. Returns false if it drops the line. */
  write(line: string): boolean;
  /** Returns once all lines are written, or after a second. */
  flush(): void;
}

/** How long a line may wait to be batched: under load, one write for many lines costs a tenth. */
const MAX_DELAY_MS = 50;
/** Size of a batch in characters. */
const BATCH = 16_384;
/** Maximum size in characters of what waits for a slow reader: about 4000 requests. */
const MAX_WAITING = 1_048_576;
/** Interval between attempts to write while the reader is slow. */
const RETRY_MS = 10;
/** How long a flush waits for a slow reader. */
const MAX_FLUSH_MS = 1000;

/**
 * Standard output, in batches; to be flushed before the process exits. A reader that stalls never blocks the service:
 * lines wait, and once too many do, further ones are dropped until all that waited are written.
 */
export class StandardOutput implements LogSink {
  private pending = '';
  /** What was pending and is being written. */
  private bytes = Buffer.alloc(0);
  private timer: NodeJS.Timeout | undefined;
  private stalled = false;
  private dropping = false;

  /** @param put writes some of the bytes and returns how many */
  constructor(private readonly put: (bytes: Buffer) => number = (bytes) => writeSync(process.stdout.fd, bytes)) {}

  write(line: string): boolean {
    this.dropping ||= this.pending.length + this.bytes.length + line.length > MAX_WAITING;
    if (this.dropping) return false;
    this.pending += `${line}\n`;
    if (this.pending.length >= BATCH && !this.stalled) this.writeWaiting();
    else this.retryAfter(MAX_DELAY_MS);
    return true;
  }

  flush(): void {
    const end = performance.now() + MAX_FLUSH_MS;
    while (!this.writeWaiting() && performance.now() < end) pause(RETRY_MS);
  }

  /** Writes what the reader takes. Returns whether that was all. */
  private writeWaiting(): boolean {
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      while (this.bytes.length > 0 || this.pending !== '') {
        if (this.bytes.length === 0) [this.bytes, this.pending] = [Buffer.from(this.pending), ''];
        this.bytes = this.bytes.subarray(this.put(this.bytes));
      }
      this.stalled = this.dropping = false;
    } catch {
      // EAGAIN from a pipe whose reader is slow, or a full disk, or a reader that is gone: a log must not end a service.
      this.stalled = true;
      this.retryAfter(RETRY_MS);
    }
    return !this.stalled;
  }

  private retryAfter(ms: number): void {
    this.timer ??= setTimeout(() => this.writeWaiting(), ms).unref();
  }
}

/** Blocks the thread without using the CPU. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
