import { z } from 'zod';
import { suggest } from '../../fault.ts';
import { goSecondsOf } from '../../lib/duration.ts';
import { CAINJECTOR_GATES, CONTROLLER_GATES, type Gates, gatesMistake, WEBHOOK_GATES } from './feature-gates.ts';
import { CAINJECTOR_FLAGS, CONTROLLER_FLAGS, type FlagRules, SWITCH, WEBHOOK_FLAGS } from './flag-rules.ts';

/** The programs of cert-manager. */
export type Program = 'controller' | 'webhook' | 'cainjector';

/** What is known of each program's flags. */
export const PROGRAMS: Readonly<Record<Program, { readonly flags: FlagRules; readonly gates: Gates }>> = {
  controller: { flags: CONTROLLER_FLAGS, gates: CONTROLLER_GATES },
  webhook: { flags: WEBHOOK_FLAGS, gates: WEBHOOK_GATES },
  cainjector: { flags: CAINJECTOR_FLAGS, gates: CAINJECTOR_GATES },
};

/** Schema of additional arguments of a program in a cluster file. */
export function flags(program: Program) {
  return z
    .array(
      z
        .string()
        .regex(/^--[a-z][a-z0-9-]*(=.*)?$/s, { error: 'must be one string: --flag or --flag=value', abort: true })
        .superRefine((flag, context) => {
          const message = flagMistake(flag, program);
          if (message !== undefined) context.addIssue({ code: 'custom', message });
        }),
    )
    .superRefine((given, context) => {
      const names = given.map(nameOf);
      for (const [i, name] of names.entries())
        if (names.indexOf(name) < i)
          context.addIssue({ code: 'custom', path: [i], message: `--${name} is given twice: remove one` });
      if (program === 'controller' && given.every((flag) => flagMistake(flag, program) === undefined))
        for (const [name, message] of contradictions(given))
          context.addIssue({ code: 'custom', path: [Math.max(names.indexOf(name), 0)], message });
    });
}

/** What a flag must be, if it is not. */
function flagMistake(flag: string, program: Program): string | undefined {
  const { flags: rules, gates } = PROGRAMS[program];
  const name = nameOf(flag);
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule === undefined) return `cert-manager's ${program} has no flag --${name}: ${suggestFlag(name, rules)}`;
  if (typeof rule === 'string') return `--${name} cannot be set here: ${rule}`;
  const value = flag.includes('=') ? valueOf(flag) : rule === SWITCH ? 'true' : undefined;
  if (value === undefined) return `must have a value: --${name}=…, which is ${rule.is}`;
  if (!rule.accepts(value)) return `must be --${name}= and ${rule.is}`;
  return name === 'feature-gates' ? gatesMistake(value, gates) : undefined;
}

/** Only flags that can be set are worth suggesting in full. */
function suggestFlag(name: string, rules: FlagRules): string {
  const similar = suggest(name, Object.keys(rules));
  const usable = Object.keys(rules).filter((one) => typeof rules[one] !== 'string');
  return similar.startsWith('did you mean') ? similar : `use one of: ${usable.join(', ')}`;
}

/** Values of the controller that its own validation refuses together, with its defaults for those not given. */
function contradictions(given: readonly string[]): [flag: string, message: string][] {
  const number = (name: string, other: number): number => Number(lastOf(given, name) ?? other);
  const found: [string, string][] = [];
  if (number('kube-api-burst', 50) < number('kube-api-qps', 20))
    found.push(['kube-api-qps', 'must not exceed --kube-api-burst, which is 50 by default']);
  for (const name of ['max-certificate-size', 'max-certificate-chain-length'])
    if (number(name, 0) > number('max-certificate-bundle-size', 330_000))
      found.push([name, 'must not exceed --max-certificate-bundle-size, which is 330000 by default']);
  const [least, most] = ['minimum', 'maximum'].map((end) => `certificate-request-${end}-backoff-duration`);
  if (least && most && isLonger(lastOf(given, least) ?? '1h', lastOf(given, most) ?? '32h'))
    found.push([least, `must not exceed --${most}, which is 32h by default`]);
  return found;
}

/** True if a boolean flag is set to true. */
export function isOn(given: readonly string[], name: string): boolean {
  return given.some((flag) => flag === `--${name}` || flag === `--${name}=true`);
}

/** True if a flag is set, to any value. */
export function isGiven(given: readonly string[], name: string): boolean {
  return given.some((flag) => nameOf(flag) === name);
}

/** True if one of two durations, such as 1h30m, is longer than the other. */
export function isLonger(one: string, other: string): boolean {
  return (goSecondsOf(one) ?? 0) > (goSecondsOf(other) ?? 0);
}

function lastOf(given: readonly string[], name: string): string | undefined {
  const flag = given.findLast((one) => nameOf(one) === name);
  return flag && valueOf(flag);
}

function nameOf(flag: string): string {
  return flag.replace(/^--/, '').replace(/=.*$/s, '');
}

function valueOf(flag: string): string {
  return flag.replace(/^[^=]*=/, '');
}
