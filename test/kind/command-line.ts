import { Fault, suggest } from '../../charts/fault.ts';

export const USAGE = `kind: the cluster clusters/local in Docker, with upstream's images

  npm run kind -- up             make it, hand HEAD over to Argo CD, wait until all Applications are Synced and Healthy
  npm run kind -- test [OPTION]  run the scenarios on it; options are vitest's, such as -t NAME
  npm run kind -- down           remove it and its files

Needs docker, kind and kubectl, 12 GB of memory, ports 80 and 443 of loopback, and the Internet.`;

const COMMANDS = ['up', 'test', 'down'] as const;
export type Command = (typeof COMMANDS)[number];

/** Parses the command line; undefined asks for help. @throws Fault for anything unknown */
export function parse(
  args: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  const [word, ...rest] = args;
  if (word === undefined || word === '--help' || word === '-h') return undefined;
  const command = COMMANDS.find((one) => one === word);
  const where = 'the command line';
  if (!command)
    throw new Fault({ what: `there is no command "${word}"`, where, seen: word, fix: suggest(word, COMMANDS) });
  if (command !== 'test' && rest.length > 0)
    throw new Fault({
      what: `"${command}" takes no arguments`,
      where,
      seen: rest.join(' '),
      fix: `npm run kind -- ${command}`,
    });
  return { command, rest };
}
