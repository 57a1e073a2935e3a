import { expect, it, vi } from 'vitest';
import { StandardOutput } from './standard-output.ts';

/** A reader that takes at most `room` more bytes. */
class Reader {
  room = Infinity;
  text = '';
  code = 'EAGAIN';
  attempts = 0;

  readonly output = new StandardOutput((bytes) => {
    this.attempts += 1;
    const taken = bytes.subarray(0, this.room);
    if (taken.length === 0) throw Object.assign(new Error(this.code), { code: this.code });
    this.room -= taken.length;
    this.text += taken.toString();
    return taken.length;
  });
}

it('batches lines until a delay, a size or a flush', () => {
  vi.useFakeTimers();
  const reader = new Reader();
  reader.output.write('a');
  reader.output.write('b');
  expect(reader.text).toBe('');
  vi.advanceTimersByTime(50);
  expect(reader.text).toBe('a\nb\n');
  reader.output.write('x'.repeat(20_000));
  expect(reader.text).toHaveLength(20_005);
  reader.output.write('c');
  reader.output.flush();
  expect(reader.text.slice(-2)).toBe('c\n');
  vi.useRealTimers();
});

it.each(['EAGAIN', 'EPIPE', 'ENOSPC'])('keeps lines in order after %s, and tries again by a timer only', (code) => {
  vi.useFakeTimers();
  const reader = new Reader();
  Object.assign(reader, { code, room: 3 });
  const line = 'x'.repeat(20_000);
  for (let i = 0; i < 10; i += 1) expect(reader.output.write(line)).toBe(true);
  expect(reader.attempts).toBe(2);
  reader.room = Infinity;
  vi.advanceTimersByTime(10);
  expect(reader.text).toBe(`${line}\n`.repeat(10));
  vi.useRealTimers();
});

it('drops lines beyond 1 MiB until all that waited are written', () => {
  vi.useFakeTimers();
  const reader = new Reader();
  reader.room = 0;
  const taken = Array.from({ length: 200 }, () => reader.output.write('x'.repeat(10_000)));
  expect(taken.filter(Boolean)).toHaveLength(104);
  reader.room = 500_000;
  vi.advanceTimersByTime(10);
  expect(reader.output.write('still too much')).toBe(false);
  reader.room = Infinity;
  vi.advanceTimersByTime(10);
  expect(reader.output.write('after')).toBe(true);
  reader.output.flush();
  expect(reader.text).toHaveLength(104 * 10_001 + 6);
  vi.useRealTimers();
});

it('a flush waits for a slow reader, for a second at most', () => {
  const reader = new Reader();
  reader.room = 0;
  reader.output.write('x');
  const start = performance.now();
  reader.output.flush();
  expect(performance.now() - start).toBeGreaterThan(900);
  expect(performance.now() - start).toBeLessThan(3000);
});
