import { Fault } from '../charts/fault.ts';
import { COMMON, type Option } from './commands/command.ts';
import type { Asked } from './parse.ts';
import { misuse } from './unknown.ts';

/**
 * `npm run synth --check`: npm keeps an option that is before `--`, and says so only in the environment.
 *
 * @throws Fault if it has kept options of the subcommand
 */
export function refuseTakenByNpm(
  { command }: Pick<Asked, 'command'>,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): void {
  const script = env['npm_lifecycle_event'];
  if (script === undefined) return;
  // npm has its own --help, and shows it.
  const options: Readonly<Record<string, Option>> = { ...command?.options, trace: COMMON.trace };
  const taken = Object.entries(options).flatMap(([name, { value: placeholder }]) => {
    const value = env[`npm_config_${name.replaceAll('-', '_')}`];
    if (!value || value === 'false' || argv.some((word) => word.startsWith(`--${name}`))) return [];
    return [placeholder === undefined ? `--${name}` : `--${name} ${value === 'true' ? placeholder : value}`];
  });
  if (taken.length === 0) return;
  throw new Fault(
    misuse(
      `npm kept ${taken.join(' ')} for itself: Slipway did not get it`,
      `npm run ${[script, ...taken].join(' ')}`,
      `put -- before it: npm run ${script} -- ${[...argv.slice(1), ...taken].join(' ')}`,
    ),
  );
}
