import { inspect } from 'node:util';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import type { LogSink } from './standard-output.ts';

/** Nest's loggers that report every step of a successful startup. */
const STARTUP_CONTEXTS = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Message of the line that follows dropped ones. */
const DROPPED = 'lines were dropped here: the reader of the log was too slow';

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
  /** Dropped lines that no line has told of yet. */
  private untold = 0;

  /** Number of lines that were dropped because the reader of the log was too slow. */
  dropped = 0;

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
    this.send(this.format(level, message, fields));
  }

  protected override printAsJson(message: unknown, options: JsonOptions): void {
    const { level, pid: _, timestamp: __, message: text, ...rest } = this.getJsonLogObject(message, options);
    if (level === 'log' && STARTUP_CONTEXTS.has(options.context)) return;
    if (this.pretty) this.send(this.text(level, text, rest));
    // Logged errors may be circular; Nest's serializer handles that.
    else this.send(this.json(level, this.stringifyJsonLogObject({ message: text, ...rest }).slice(1)));
  }

  private send(line: string): void {
    // Before the line, so that it marks the gap; without effect while lines are still dropped.
    if (this.untold > 0 && this.sink.write(this.format('warn', DROPPED, { lines: this.untold }))) this.untold = 0;
    if (this.sink.write(line)) return;
    this.dropped += 1;
    this.untold += 1;
  }

  private format(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): string {
    if (this.pretty) return this.text(level, message, fields);
    return this.json(level, `"message":${JSON.stringify(message)},${JSON.stringify(fields).slice(1)}`);
  }

  private text(level: LogLevel, message: unknown, fields: Readonly<Record<string, unknown>>): string {
    return `${this.clock.now().slice(11, 23)} ${level.padEnd(5)} ${String(message)} ${inspect(fields, { breakLength: Infinity })}`;
  }

  /** @param members of the JSON object, without the opening brace */
  private json(level: LogLevel, members: string): string {
    return `{"time":"${this.clock.now()}","level":"${level}",${this.common},${members}`;
  }
}
