import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flags, type Program, PROGRAMS } from './flags.ts';
import { gatesMistake } from './feature-gates.ts';
import { SWITCH } from './flag-rules.ts';

// Names and types as cert-manager's source has them, at the version that the file says.
const upstream = JSON.parse(readFileSync(join(import.meta.dirname, 'upstream-flags.json'), 'utf8')) as {
  flags: Record<Program, Record<string, string>>;
  featureGates: Record<Program, string[]>;
};
/** Gates of Kubernetes' library, which stand for all gates of a stage. */
const STAGES = new Set(['AllAlpha', 'AllBeta']);

const programs = Object.keys(PROGRAMS) as Program[];

describe.each(programs)('a flag of the %s', (program) => {
  const { flags: rules, gates } = PROGRAMS[program];
  const mistakes = (...given: string[]): string[] =>
    flags(program)
      .safeParse(given)
      .error?.issues.map(({ message }) => message) ?? [];
  const names = Object.keys(rules);
  const usable = names.filter((name) => typeof rules[name] !== 'string');
  const refused = names.filter((name) => typeof rules[name] === 'string');

  it('is classified if upstream has it, and only then', () => {
    expect(names.sort()).toEqual(Object.keys(upstream.flags[program]).sort());
  });

  it('is a switch only if upstream reads it as one', () => {
    const switches = usable.filter((name) => rules[name] === SWITCH);
    expect(switches.filter((name) => upstream.flags[program][name] !== 'bool')).toEqual([]);
    expect(usable.filter((name) => upstream.flags[program][name] === 'bool')).toEqual(switches);
  });

  it.each(refused)('--%s is refused with the reason', (name) => {
    expect(mistakes(`--${name}=1`)).toEqual([`--${name} cannot be set here: ${rules[name] as string}`]);
  });

  it.each(usable)('--%s takes the form of its value only', (name) => {
    const wrong = mistakes(`--${name}= \n`);
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatch(/^must /);
    if (rules[name] !== SWITCH) expect(mistakes(`--${name}`)[0]).toMatch(/^must have a value/);
  });

  it('has its feature gates classified', () => {
    expect(
      Object.keys(gates)
        .filter((gate) => !STAGES.has(gate))
        .sort(),
    ).toEqual([...upstream.featureGates[program]].sort());
  });

  it('that is unknown is refused with a similar one', () => {
    expect(mistakes('--enable-profilling')).toEqual([
      `cert-manager's ${program} has no flag --enable-profilling: did you mean "enable-profiling"?`,
    ]);
  });

  it('can be given once', () => {
    expect(mistakes('--enable-profiling', '--enable-profiling=false')).toEqual([
      '--enable-profiling is given twice: remove one',
    ]);
  });
});

describe('flags of the controller', () => {
  const mistakes = (...given: string[]): string[] =>
    flags('controller')
      .safeParse(given)
      .error?.issues.map(({ message }) => message) ?? [];

  it.each([
    ['--enable-profiling'],
    ['--dns01-recursive-nameservers-only=true'],
    ['--dns01-recursive-nameservers=1.1.1.1:53,[2001:db8::1]:53,https://192.0.2.53/dns-query'],
    ['--acme-http01-solver-resource-limits-memory=128Mi'],
    ['--acme-http01-solver-extra-labels=team=edge,example.com/cost=1'],
    ['--kube-api-qps=60', '--kube-api-burst=60'],
    ['--max-certificate-chain-length=400000', '--max-certificate-bundle-size=500000'],
    ['--certificate-request-minimum-backoff-duration=1m'],
    ['--logging-format=json'],
    ['--copied-annotation-prefixes=*,-kubectl.kubernetes.io/'],
  ])('are accepted: %s %s', (...given) => {
    expect(mistakes(...given.filter(Boolean))).toEqual([]);
  });

  it.each([
    ['--leader-elect=false', 'cannot be set here'],
    ['--feature-gates=ACMEUseARI=true', 'set featureGates'],
    ['--dns01-recursive-nameservers=1.1.1.1:5353', 'with port 53'],
    ['--dns01-recursive-nameservers=dns.example.com', 'with port 53'],
    ['--concurrent-workers=0', 'an integer above 0'],
    ['--profiler-address=0.0.0.0:6060', 'an address of the pod alone'],
    ['--dns01-check-retry-period=10', 'a duration'],
    ['--kube-api-qps=60', 'must not exceed --kube-api-burst'],
    ['--max-certificate-chain-length=400000', 'must not exceed --max-certificate-bundle-size'],
    ['--certificate-request-minimum-backoff-duration=40h', 'must not exceed --certificate-request-maximum'],
    ['--dns01-recursive-nameservers-only=yes', 'true or false'],
    ['--acme-http01-solver-resource-limits-memory=128mi', 'memory, such as 64Mi'],
  ])('are refused: %s', (given, message) => {
    expect(mistakes(given)).toEqual([expect.stringContaining(message)]);
  });
});

describe('feature gates', () => {
  const { gates } = PROGRAMS.controller;

  it.each([
    ['ACMEUseARI=true,ServerSideApply=true', undefined],
    ['ACMEUseARl=true', /did you mean "ACMEUseARI"/],
    ['AllAlpha=true', /CertificateSigningRequests/],
    ['ExperimentalGatewayAPISupport=false', /Gateway/],
    ['ACMEUseARI=true,ACMEUseARI=false', /once/],
    ['ACMEUseARI', /must be "Gate=true/],
    ['toString=true', /known feature gates/],
  ])('%s', (text, message) => {
    const found = gatesMistake(text, gates);
    if (message) expect(found).toMatch(message);
    else expect(found).toBeUndefined();
  });
});
