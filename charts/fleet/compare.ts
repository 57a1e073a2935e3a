import type { OwnFact } from '../cloud/ownership.ts';
import type { Problem, SettingPath } from '../fault.ts';

/** What the comparison of a fleet knows of one cluster. */
export interface FleetMember {
  readonly name: string;
  readonly domain: string;
  /** The hosts that it serves, as far as they are known. */
  readonly hosts: readonly string[];
  /** What of its facts no other cluster may have. */
  readonly own: readonly OwnFact[];
  /** Prefix of its entries in the secret store. */
  readonly secretPrefix: string;
  /** File and line of a value, for messages. */
  readonly at: (place: Place) => string;
}

/** A value that a cluster's files say. */
export type Place = { readonly fact: SettingPath } | { readonly host: string } | 'domain';

/** Two clusters that want one thing. Each pair is reported once, at the second one by name. */
interface Collision {
  readonly what: string;
  readonly seen: string;
  readonly fix: string;
  readonly first: { readonly member: FleetMember; readonly place: Place };
  readonly second: { readonly member: FleetMember; readonly place: Place };
}

/** What two clusters of a fleet have both, and only one may have. */
export function compareClusters(fleet: readonly FleetMember[]): Problem[] {
  const sorted = fleet.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const pairs = sorted.flatMap((second, i) => sorted.slice(0, i).map((first) => [first, second] as const));
  return [
    ...pairs.flatMap(([first, second]) => [...sameFacts(first, second), ...sameHosts(first, second)]).map(problemOf),
    ...sorted.flatMap((member) => hostsOfOthers(member, sorted)),
  ];
}

function sameFacts(first: FleetMember, second: FleetMember): Collision[] {
  return second.own.flatMap((fact) => {
    const other = first.own.find(
      ({ what, value }) => what === fact.what && value.toLowerCase() === fact.value.toLowerCase(),
    );
    if (!other || (fact.prefixed && !overlap(first.secretPrefix, second.secretPrefix))) return [];
    return {
      what: `clusters ${first.name} and ${second.name} have the same ${fact.path.join('.')}: ${
        fact.prefixed
          ? `in that store, the names of one's secrets begin like the other's`
          : `${fact.what} would be both clusters'`
      }`,
      seen: fact.value,
      fix: fact.prefixed
        ? 'give each a store of its own, or rename the cluster that has no entries yet'
        : `correct facts.json of the one that was copied: each cluster has this for itself`,
      first: { member: first, place: { fact: other.path } },
      second: { member: second, place: { fact: fact.path } },
    };
  });
}

/** Prefixes `a-` and `a-b-`: whoever may read the names that begin with the first may read those of the second. */
function overlap(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

function sameHosts(first: FleetMember, second: FleetMember): Collision[] {
  if (first.domain === second.domain)
    return [
      {
        what: `clusters ${first.name} and ${second.name} have the same domain, and so the same hosts and DNS records`,
        seen: second.domain,
        fix: 'give each a domain of its own, such as a subdomain',
        first: { member: first, place: 'domain' },
        second: { member: second, place: 'domain' },
      },
    ];
  return second.hosts
    .filter((host) => first.hosts.includes(host))
    .map((host) => ({
      what: `clusters ${first.name} and ${second.name} serve the same host`,
      seen: host,
      fix: 'a name leads to one cluster: change the host of one of them',
      first: { member: first, place: { host } },
      second: { member: second, place: { host } },
    }));
}

function problemOf({ what, seen, fix, first, second }: Collision): Problem {
  return { what, file: second.member.at(second.place), seen: `${seen}, also in ${first.member.at(first.place)}`, fix };
}

/** Hosts in a domain that is another cluster's, by the longest domain that they are in. */
function hostsOfOthers(member: FleetMember, fleet: readonly FleetMember[]): Problem[] {
  const others = fleet.filter((other) => other !== member && other.domain !== member.domain);
  return member.hosts.flatMap((host) => {
    const within = ({ domain }: FleetMember): boolean => host === domain || host.endsWith(`.${domain}`);
    const [owner] = [member, ...others].filter(within).toSorted((a, b) => b.domain.length - a.domain.length);
    if (!owner || owner === member || owner.hosts.includes(host)) return [];
    return {
      what: `cluster ${member.name} serves a host in the domain of cluster ${owner.name}`,
      file: member.at({ host }),
      seen: `${host}, in ${owner.domain} of ${owner.at('domain')}`,
      fix: `choose a host outside that domain, or serve it from ${owner.name}`,
    };
  });
}
