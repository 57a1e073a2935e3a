import { describe, expect, it } from 'vitest';
import { goSecondsOf, secondsOf } from './duration.ts';

describe('secondsOf', () => {
  it.each([
    ['10d', 864_000],
    ['36h', 129_600],
    ['2w', 1_209_600],
    ['1w3d', 864_000],
    ['1y', 31_536_000],
    ['1h30m', 5400],
    ['30m1h', 5400],
    ['720h0m0s', 2_592_000],
    ['1.5h', 5400],
    ['.5m', 30],
    ['1.1h', 3960],
    ['1s500ms', 1.5],
    ['1500us', 0.0015],
    ['1µs', 1e-6],
    ['1μs', 1e-6],
    ['1ns', 1e-9],
    ['0', 0],
    ['0s', 0],
  ])('%s is %d s', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each(['', '10', 'd', '10 d', ' 10d', '10d\n', '-10d', '1.2.3h', '.h', '1e3s', '10D', '10days', '5M', '1h30'])(
    '%j is no duration',
    (text) => {
      expect(secondsOf(text)).toBeUndefined();
    },
  );
});

describe('goSecondsOf', () => {
  it.each([
    ['1h30m', 5400],
    ['-1.5h', -5400],
    ['+90s', 90],
    ['0', 0],
    ['-0', 0],
    ['100ms', 0.1],
  ])('%s is %d s', (text, seconds) => {
    expect(goSecondsOf(text)).toBe(seconds);
  });

  it.each(['1d', '1w', '1y', '1h1d', '', '-', '--1h', '+', '30'])('%j is no duration of Go', (text) => {
    expect(goSecondsOf(text)).toBeUndefined();
  });
});
