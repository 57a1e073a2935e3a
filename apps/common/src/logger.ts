import { writeSync } from 'node:fs';
import { inspect } from 'node:util';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';

/** Where log lines go. */
export interface LogSink {
  /** Takes one line, without its line feed. */
  write(line: string): void;
  /** Returns once all lines are written. */
  flush(): void;
}

/** How long a line may wait to be batched: under load, one write for many lines costs a tenth. */
const MAX_DELAY_MS = 50;
/** Maximum size of a batch in characters. */
const MAX_BATCH = 16_384;

/** Standard output, in batches; to be flushed before the process exits. */
export class StandardOutput implements LogSink {
  private pending = '';
  private timer: NodeJS.Timeout | undefined;

  /** @param put writes bytes from an offset on and returns how many it wrote */
  constructor(
    private readonly put: (bytes: Buffer, from: number) => number = (bytes, from) =>
      writeSync(process.stdout.fd, bytes, from),
  ) {}

  write(line: string): void {
    this.pending += `${line}\n`;
    if (this.pending.length >= MAX_BATCH) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), MAX_DELAY_MS).unref();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const bytes = Buffer.from(this.pending);
    this.pending = '';
    for (let written = 0; written < bytes.length;) written += this.putSome(bytes, written);
  }

  private putSome(bytes: Buffer, from: number): number {
    try {
      return this.put(bytes, from);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Retry for a slow reader; drop the lines if the reader is gone.
      if (code === 'EAGAIN') return 0;
      if (code === 'EPIPE') return bytes.length;
      throw error;
    }
  }
}

/** Nest's loggers that report every step of a successful startup. */
const STARTUP_CONTEXTS = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** What ConsoleLogger passes along with a message. */
interface JsonOptions {
  readonly context: string;
  readonly logLevel: LogLevel;
  readonly writeStreamType?: 'stdout' | 'stderr';
  readonly errorStack?: unknown;
  readonly params?: Record<string, unknown>;
  readonly error?: Error;
}

/** The time as text, formatted once per millisecond. */
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
 * Nest's logger, one JSON object per line: time, level, message, context, and the fields of a last argument
 * (`logger.warn('what', { requestId, field })`).
 */
export class JsonLogger extends ConsoleLogger {
  /** The fields of every line, serialized. */
  private readonly common: string;
  private readonly clock = new Clock();

  /**
   * @param fields in every line
   * @param pretty writes text instead of JSON
   */
  constructor(
    private readonly sink: LogSink,
    fields: Readonly<Record<string, unknown>>,
    private readonly pretty = false,
  ) {
    super({ json: true, structuredParams: true, flattenParams: true, logLevels: ['fatal', 'error', 'warn', 'log'] });
    this.common = JSON.stringify(fields).slice(1, -1);
  }

  /**
   * Writes a line of plain fields, cheaply enough for every request.
   *
   * @param fields at least one
   */
  line(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.pretty) this.putText(level, message, fields);
    else this.put(level, `"message":${JSON.stringify(message)},${JSON.stringify(fields).slice(1)}`);
  }

  protected override printAsJson(message: unknown, options: JsonOptions): void {
    const { level, pid: _, timestamp: __, message: text, ...rest } = this.getJsonLogObject(message, options);
    if (level === 'log' && STARTUP_CONTEXTS.has(options.context)) return;
    if (this.pretty) this.putText(level, text, rest);
    // Logged errors may be circular; Nest's serializer handles that.
    else this.put(level, this.stringifyJsonLogObject({ message: text, ...rest }).slice(1));
    if (level === 'fatal') this.sink.flush();
  }

  private putText(level: LogLevel, message: unknown, fields: Readonly<Record<string, unknown>>): void {
    this.sink.write(
      `${this.clock.now().slice(11, 23)} ${level.padEnd(5)} ${String(message)} ${inspect(fields, { breakLength: Infinity })}`,
    );
  }

  /** @param members of the JSON object, without the opening brace */
  private put(level: LogLevel, members: string): void {
    this.sink.write(`{"time":"${this.clock.now()}","level":"${level}",${this.common},${members}`);
  }
}
