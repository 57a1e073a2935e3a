import { describe, expect, it, vi } from 'vitest';
import { JsonLogger, StandardOutput } from './logger.ts';
import { requestIdFrom } from './request-id.ts';

function setup(pretty = false): {
  readonly logger: JsonLogger;
  readonly lines: string[];
  readonly flushes: () => number;
} {
  const lines: string[] = [];
  let flushes = 0;
  const sink = { write: (line: string) => void lines.push(line), flush: () => void (flushes += 1) };
  return { logger: new JsonLogger(sink, { service: 'test' }, pretty), lines, flushes: () => flushes };
}

const parsed = (lines: readonly string[]): unknown[] => lines.map((line) => JSON.parse(line) as unknown);

describe('JsonLogger', () => {
  it('writes one JSON object per line, with context and fields', () => {
    const { logger, lines } = setup();
    logger.warn('low', { requestId: 'abc', free: 3 }, 'Disk');
    logger.log('plain\nwith a line feed', 'Some');
    logger.line('log', 'request', { ms: 1 });
    expect(parsed(lines)).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        level: 'warn',
        message: 'low',
        service: 'test',
        requestId: 'abc',
        context: 'Disk',
        free: 3,
      },
      {
        time: expect.any(String) as string,
        level: 'log',
        message: 'plain\nwith a line feed',
        service: 'test',
        context: 'Some',
      },
      { time: expect.any(String) as string, level: 'log', message: 'request', service: 'test', ms: 1 },
    ]);
  });

  it('writes stacks and circular objects', () => {
    const { logger, lines } = setup();
    logger.error('broken', 'Error: broken\n    at there', 'Some');
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    logger.error('round', { circle });
    expect(parsed(lines)[0]).toMatchObject({ message: 'broken', stack: 'Error: broken\n    at there' });
    expect(parsed(lines)[1]).toMatchObject({ message: 'round' });
  });

  it("omits Nest's startup messages and debug messages", () => {
    const { logger, lines } = setup();
    logger.log('Mapped {/, GET} route', 'RouterExplorer');
    logger.debug('detail', 'Some');
    logger.warn('two routes are the same', 'RouterExplorer');
    expect(parsed(lines)).toMatchObject([{ message: 'two routes are the same' }]);
  });

  it('flushes on fatal', () => {
    const { logger, flushes } = setup();
    logger.error('bad');
    expect(flushes()).toBe(0);
    logger.fatal('worse');
    expect(flushes()).toBe(1);
  });

  it('writes text in pretty mode', () => {
    const { logger, lines } = setup(true);
    logger.warn('low', { free: 3 });
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn {2}low \{ free: 3 \}$/);
  });
});

describe('StandardOutput', () => {
  it('batches lines until a delay, a size or a flush', () => {
    vi.useFakeTimers();
    const chunks: string[] = [];
    const output = new StandardOutput((bytes, from) => {
      chunks.push(bytes.subarray(from).toString());
      return bytes.length - from;
    });
    output.write('a');
    output.write('b');
    expect(chunks).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(chunks).toEqual(['a\nb\n']);
    output.write('x'.repeat(20_000));
    expect(chunks).toHaveLength(2);
    output.write('c');
    output.flush();
    expect(chunks.at(-1)).toBe('c\n');
    vi.useRealTimers();
  });

  it('retries on EAGAIN and gives up on EPIPE', () => {
    const codes = ['EAGAIN', '', 'EPIPE'];
    const seen: number[] = [];
    const output = new StandardOutput((bytes, from) => {
      seen.push(from);
      const code = codes.shift();
      if (code) throw Object.assign(new Error(code), { code });
      return Math.min(3, bytes.length - from);
    });
    output.write('abcdef');
    output.flush();
    expect(seen).toEqual([0, 0, 3]);
  });

  it('throws other errors', () => {
    const output = new StandardOutput(() => {
      throw Object.assign(new Error('no disk'), { code: 'ENOSPC' });
    });
    output.write('a');
    expect(() => output.flush()).toThrow('no disk');
  });
});

describe('requestIdFrom', () => {
  it.each(['abc', 'a-b_c.d~e', '0123456789abcdef', 'x'.repeat(128)])('accepts %s', (id) => {
    expect(requestIdFrom(id)).toBe(id);
  });

  it.each([undefined, '', 'x'.repeat(129), 'a b', 'a\nb', '"', ['a', 'b']])(
    'generates a new id instead of %j',
    (id) => {
      expect(requestIdFrom(id)).toMatch(/^[0-9a-f]{8}-/);
    },
  );
});
