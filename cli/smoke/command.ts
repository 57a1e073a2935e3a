import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault, throwIfAny } from '../../charts/fault.ts';
import type { ClusterOverview } from '../../charts/fleet/overview/model.ts';
import { secondsOf } from '../../charts/lib/duration.ts';
import type { Outcome } from '../commands/command.ts';
import { EXIT } from '../exit.ts';
import { fleetOf } from '../fleet/fleet.ts';
import { count } from '../plan/words.ts';
import type { Workspace } from '../synth.ts';
import { ask, type Way } from './ask.ts';
import { type Course, type Means, type Period, watch } from './watch.ts';
import { MISUSE } from '../unknown.ts';

/** Options of `slipway smoke`. */
export interface SmokeOptions {
  /** How long hosts are watched: `5m`. */
  readonly for: string;
  /** How long one may be away: `1m`. */
  readonly patience: string;
  /** Where they are reached: `203.0.113.7`, `203.0.113.7:8443`. */
  readonly via?: string;
  /** A file with the authority of their certificates. */
  readonly ca?: string;
  /** What asks; tests give their own. */
  readonly means?: Means;
}

/** Seconds between two requests of a host. */
const INTERVAL = 5;

type Served = ClusterOverview['hosts'][number] & { readonly cluster: string };

/**
 * `slipway smoke [CLUSTER…]`: asks the hosts that clusters serve, from outside, for a while.
 *
 * @returns a line for each host; a difference if one has failed
 * @throws Fault for what the command line says, and if there is no host to ask
 */
export async function smoke(workspace: Workspace, names: readonly string[], options: SmokeOptions): Promise<Outcome> {
  const period = periodOf(options);
  const way = wayOf(options);
  const served = fleetOf(workspace, names).clusters.flatMap(({ name, hosts }) =>
    hosts.map((one): Served => ({ ...one, cluster: name })),
  );
  // A wildcard is no host that can be asked.
  const hosts = [...new Map(served.filter(({ host }) => !host.includes('*')).map((one) => [one.host, one])).values()];
  if (hosts.length === 0)
    throw new Fault({
      what: 'there is no host to ask: the clusters serve none',
      where: 'dist',
      seen: names.join(', ') || 'all clusters',
      fix: 'name a cluster with a service that has a route',
    });
  const means = options.means ?? { ask: (host: string) => ask(host, way), now: () => performance.now(), pause };
  const courses = await watch(
    hosts.map(({ host }) => host),
    period,
    means,
  );
  const failed = courses.filter(({ hasFailed }) => hasFailed).length;
  const lines = courses.map((course, i) => lineOf(course, hosts[i]!));
  const summary = `${count(hosts.length, 'host')}: ${failed === 0 ? 'all answer' : `${failed} failed`}`;
  return { text: [...lines, summary].join('\n'), code: failed === 0 ? EXIT.success : EXIT.difference };
}

function lineOf({ host, answers, bad, away, says, hasFailed }: Course, { cluster, object }: Served): string {
  const where = `${host} (${cluster}, ${object})`;
  if (hasFailed) return `FAILED  ${where}: no good answer for ${away.toFixed(0)} s, last ${says}`;
  const gone = bad === 0 ? '' : `, ${bad} not good (${says}), away for ${away.toFixed(0)} s at most`;
  return `ok      ${where}: ${count(answers, 'answer')}${gone}`;
}

function periodOf({ for: length, patience }: SmokeOptions): Period {
  const [seconds, most] = [secondsOf(length), secondsOf(patience)];
  throwIfAny(
    Object.entries({ for: [length, seconds], patience: [patience, most] } as const).flatMap(
      ([option, [text, value]]) =>
        value === undefined
          ? [{ what: `--${option} is no duration`, ...MISUSE, seen: text, fix: 'such as 90s or 5m' }]
          : [],
    ),
  );
  return { seconds: seconds ?? 0, patience: most ?? 0, interval: INTERVAL };
}

function wayOf({ via, ca }: SmokeOptions): Way {
  return { ...(via !== undefined && { via: addressOf(via) }), ...(ca !== undefined && { ca: textOf(ca) }) };
}

function addressOf(via: string): NonNullable<Way['via']> {
  const url = URL.canParse(`https://${via}`) ? new URL(`https://${via}`) : undefined;
  if (url?.host && url.href === `https://${url.host}/`)
    return { address: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || 443) };
  throw new Fault({
    what: '--via is no address',
    ...MISUSE,
    seen: via,
    fix: 'an address or a name, with a port if that is not 443: 203.0.113.7:8443, [2001:db8::7]',
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault({
      what: 'the authority cannot be read',
      where: file,
      seen: (error as Error).message,
      fix: 'name a file with certificates in PEM: --ca ca.crt',
    });
  }
}
