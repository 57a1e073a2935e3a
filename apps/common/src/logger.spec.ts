import { describe, expect, it } from 'vitest';
import { JsonLogger } from './logger.ts';
import { requestIdFrom } from './request-id.ts';

function setup(pretty = false): { readonly logger: JsonLogger; readonly lines: string[] } {
  const lines: string[] = [];
  const sink = { write: (line: string) => lines.push(line) > 0, flush: () => {} };
  return { logger: new JsonLogger(sink, { service: 'test' }, pretty), lines };
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

  it('tells how many lines were dropped, once, before the next line that is not', () => {
    const lines: string[] = [];
    let takes = false;
    const logger = new JsonLogger(
      { write: (line) => takes && lines.push(line) > 0, flush: () => {} },
      { service: 'test' },
    );
    logger.log('one');
    logger.line('log', 'two', { ms: 1 });
    takes = true;
    logger.log('three');
    logger.log('four');
    expect(parsed(lines)).toMatchObject([
      { level: 'warn', message: 'lines were dropped here: the reader of the log was too slow', lines: 2 },
      { message: 'three' },
      { message: 'four' },
    ]);
    expect(logger.dropped).toBe(2);
  });

  it('writes text in pretty mode', () => {
    const { logger, lines } = setup(true);
    logger.warn('low', { free: 3 });
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn {2}low \{ free: 3 \}$/);
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
