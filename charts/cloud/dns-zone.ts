import { Fault } from '../fault.ts';
import type { ClusterName } from './cloud.ts';

/**
 * Of a DNS-01 solver: the challenge is written where the CNAME record of its name leads to. A zone that only answers
 * challenges can then be written by cert-manager, in place of the one with all other records.
 */
export const FOLLOW = { cnameStrategy: 'Follow' } as const;

/**
 * The zone that holds a cluster's domain.
 *
 * @param zone as the facts name it. @default the zone has the name of the domain
 * @throws Fault naming both if the domain is outside of it: no record could be written, and no certificate be issued
 */
export function zoneOf({ name, domain }: ClusterName, zone = domain): string {
  if (domain === zone || domain.endsWith(`.${zone}`)) return zone;
  throw new Fault({
    what: `the domain ${domain} is outside of the DNS zone ${zone}, which clusters/${name}/facts.json names`,
    setting: ['domain'],
    seen: domain,
    fix: `choose a domain in ${zone}, or name the zone that holds ${domain} in the facts`,
  });
}

/**
 * external-dns's filter for providers that look for zones by it alone: it must match a zone above the domain too, but
 * none of the other names there.
 */
export function zoneAndDomain(zone: string, domain: string): string {
  const [above, own] = [zone, domain].map((name) => name.replaceAll('.', '\\.'));
  return zone === domain ? `--domain-filter=${domain}` : `--regex-domain-filter=^(${above}|(.+\\.)?${own})$`;
}
