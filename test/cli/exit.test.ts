import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Fault, type Problem } from '../../charts/fault.ts';
import { EXIT, exitOf } from '../../cli/exit.ts';
import { TemporaryRepository } from '../lib/temporary-repository.ts';

const repository = await TemporaryRepository.make();

afterEach(() => repository.restore());
afterAll(() => repository.remove());

const problem = (kind?: Problem['kind']): Problem => ({ ...(kind && { kind }), what: 'it', fix: 'that' });

describe('the exit code of', () => {
  it.each([
    ['a fault', new Fault(problem()), 1],
    ['a difference', new Fault(problem('difference'), problem('difference')), 2],
    ['a wrong command line', new Fault(problem('usage')), 3],
    ['a fault beside a wrong command line', new Fault(problem('usage'), problem()), 1],
    ['what is no fault: a bug', new TypeError('x is not a function'), 1],
  ])('%s', (_, error, code) => {
    expect(exitOf(error)).toBe(code);
  });

  it.each([
    [['synth', '--chekc'], EXIT.usage],
    [['snyth'], EXIT.usage],
    [['help', 'snyth'], EXIT.usage],
    [['order'], EXIT.usage],
    [['synth', 'test-ask'], EXIT.usage],
    [['fleet', 'test-ask'], EXIT.usage],
    [['pins', 'frist'], EXIT.usage],
    [['smoke', '--for', 'ever'], EXIT.usage],
    [['smoke', '--ca', 'nowhere.crt'], EXIT.fault],
    [['synth', '--check'], EXIT.success],
  ])('slipway %j', async (args, code) => {
    expect((await repository.run(...args)).code).toBe(code);
  });

  it('synth --check is a difference if dist is out of date, and a fault if it cannot be rendered', async () => {
    repository.put('dist/test-kind/left-over.yaml', 'kind: Left');
    expect((await repository.run('synth', '--check')).code).toBe(EXIT.difference);
    const { code } = await repository.spoiling(
      'clusters/test-aks/cluster.ts',
      (text) => text.replace('hello: {}', 'hello: { replicsa: 3 }'),
      () => repository.run('synth', '--check'),
    );
    expect(code).toBe(EXIT.fault);
  });

  it('is that of the process', () => {
    expect(repository.spawn(['version']).code).toBe(EXIT.success);
    expect(repository.spawn(['snyth']).code).toBe(EXIT.usage);
  });
});
