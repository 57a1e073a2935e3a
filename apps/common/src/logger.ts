import { writeSync } from 'node:fs';
import { inspect } from 'node:util';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';

/** Where log lines go. */
export interface LogSink {
  /** Takes one line, without its line feed. */
  write(line: string): void;
  /** Returns once all lines are out. */
  flush(): void;
}

/** Milliseconds that a line may wait for others: one write for many lines costs a tenth under load. */
const WAIT_MS = 50;
/** Characters that wait at most. */
const MOST = 16_384;

/** Standard output, a few lines at a time; whoever ends the process flushes it. */
export class StandardOutput implements LogSink {
  private waiting = '';
  private timer: NodeJS.Timeout | undefined;

  /** @param put writes some bytes from a place on, and tells how many */
  constructor(
    private readonly put: (bytes: Buffer, from: number) => number = (bytes, from) =>
      writeSync(process.stdout.fd, bytes, from),
  ) {}

  write(line: string): void {
    this.waiting += `${line}\n`;
    if (this.waiting.length >= MOST) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), WAIT_MS).unref();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const bytes = Buffer.from(this.waiting);
    this.waiting = '';
    for (let written = 0; written < bytes.length;) written += this.some(bytes, written);
  }

  private some(bytes: Buffer, from: number): number {
    try {
      return this.put(bytes, from);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A reader that is slow is waited for; one that is gone takes no more lines.
      if (code === 'EAGAIN') return 0;
      if (code === 'EPIPE') return bytes.length;
      throw error;
    }
  }
}

/** Parts of Nest that tell every step of a start that went well. */
const CHATTER = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/** What ConsoleLogger hands on with a message. */
interface JsonOptions {
  readonly context: string;
  readonly logLevel: LogLevel;
  readonly writeStreamType?: 'stdout' | 'stderr';
  readonly errorStack?: unknown;
  readonly params?: Record<string, unknown>;
  readonly error?: Error;
}

/** The time as text, which is made once for all lines of a millisecond. */
class Clock {
  private at = 0;
  private text = '';

  /** In ISO 8601, UTC. */
  now(): string {
    const now = Date.now();
    if (now !== this.at) {
      this.at = now;
      this.text = new Date(now).toISOString();
    }
    return this.text;
  }
}

/**
 * Nest's logger, one JSON object a line: time, level, message, context, and fields given as a last object
 * (`logger.warn('what', { requestId, field })`).
 */
export class JsonLogger extends ConsoleLogger {
  /** The fields of every line, as they stand in it. */
  private readonly common: string;
  private readonly clock = new Clock();

  /**
   * @param fields in every line
   * @param forPeople writes text instead of JSON
   */
  constructor(
    private readonly sink: LogSink,
    fields: Readonly<Record<string, unknown>>,
    private readonly forPeople = false,
  ) {
    super({ json: true, structuredParams: true, flattenParams: true, logLevels: ['fatal', 'error', 'warn', 'log'] });
    this.common = JSON.stringify(fields).slice(1, -1);
  }

  /**
   * Writes a line of plain fields: what is written for each request must be cheap.
   *
   * @param fields at least one
   */
  line(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.forPeople) this.tell(level, message, fields);
    else this.put(level, `"message":${JSON.stringify(message)},${JSON.stringify(fields).slice(1)}`);
  }

  protected override printAsJson(message: unknown, options: JsonOptions): void {
    const { level, pid: _, timestamp: __, message: text, ...rest } = this.getJsonLogObject(message, options);
    if (level === 'log' && CHATTER.has(options.context)) return;
    if (this.forPeople) this.tell(level, text, rest);
    // What is thrown and logged may point to itself; Nest's writing of JSON copes with it.
    else this.put(level, this.stringifyJsonLogObject({ message: text, ...rest }).slice(1));
    if (level === 'fatal') this.sink.flush();
  }

  private tell(level: LogLevel, message: unknown, fields: Readonly<Record<string, unknown>>): void {
    this.sink.write(
      `${this.clock.now().slice(11, 23)} ${level.padEnd(5)} ${String(message)} ${inspect(fields, { breakLength: Infinity })}`,
    );
  }

  /** @param members of the JSON object, without its first brace */
  private put(level: LogLevel, members: string): void {
    this.sink.write(`{"time":"${this.clock.now()}","level":"${level}",${this.common},${members}`);
  }
}
