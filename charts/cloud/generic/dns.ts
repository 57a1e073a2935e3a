import { anywhere, type Opening } from '../../lib/network.ts';
import type { ClusterName, DnsZone, SecretByHand } from '../cloud.ts';
import { FOLLOW, zoneAndDomain, zoneOf } from '../dns-zone.ts';
import type { GenericFacts } from './facts.ts';

/** The facts of a DNS zone. */
export type DnsFacts = NonNullable<GenericFacts['dns_zone']>;

/** The components that write records. */
const WRITERS = ['cert-manager', 'external-dns'] as const;

/**
 * The Secret that authenticates the writers. It cannot come from External Secrets, whose webhook needs a certificate:
 * cert-manager would wait for External Secrets, and External Secrets for cert-manager.
 */
const SECRETS = {
  cloudflare: { name: 'cloudflare-api-token', key: 'token' },
  rfc2136: { name: 'rfc2136-key', key: 'secret' },
} as const;

/**
 * How records of a domain are written.
 *
 * @throws Fault if a zone that is named does not hold the domain
 */
export function dnsZone(facts: DnsFacts, cluster: ClusterName): DnsZone {
  const zone = zoneAt(facts, cluster);
  return { ...zone, solver: { ...(facts.follow_cname && FOLLOW), ...zone.solver } };
}

function zoneAt(zone: DnsFacts, cluster: ClusterName): DnsZone {
  const { domain } = cluster;
  const name = zoneOf(cluster, zone.zone);
  if (zone.provider === 'google')
    return {
      args: [
        '--provider=google',
        `--google-project=${zone.project}`,
        '--google-zone-visibility=public',
        zoneAndDomain(name, domain),
      ],
      solver: { cloudDNS: { project: zone.project } },
    };
  if (zone.provider === 'cloudflare')
    return {
      args: [
        '--provider=cloudflare',
        `--domain-filter=${domain}`,
        // A zone is looked up by its id, whatever the domain's filter; without one, only zones that pass the filter.
        ...(zone.zone_id === undefined ? [] : [`--zone-id-filter=${zone.zone_id}`]),
      ],
      token: { variable: 'CF_API_TOKEN', secret: SECRETS.cloudflare },
      solver: { cloudflare: { apiTokenSecretRef: SECRETS.cloudflare } },
    };
  return dynamicUpdates(zone, domain);
}

/** The Secrets that people create before the first sync. */
export function dnsSecrets(zone: DnsFacts): readonly SecretByHand[] {
  return zone.provider === 'google' ? [] : WRITERS.map((namespace) => ({ namespace, ...SECRETS[zone.provider] }));
}

/** Egress to what takes the records. */
export function dnsOpening(zone: DnsFacts): Opening {
  if (zone.provider !== 'rfc2136') return anywhere(443);
  return { peers: [{ cidr: `${zone.server}/${zone.server.includes(':') ? 128 : 32}` }], tcp: [53], udp: [53] };
}

function dynamicUpdates(
  { server, zone, key_name: keyName, key_algorithm: algorithm }: Extract<DnsFacts, { readonly provider: 'rfc2136' }>,
  domain: string,
): DnsZone {
  return {
    args: [
      '--provider=rfc2136',
      `--rfc2136-host=${server}`,
      '--rfc2136-port=53',
      `--rfc2136-zone=${zone}`,
      `--rfc2136-tsig-keyname=${keyName}`,
      `--rfc2136-tsig-secret-alg=${algorithm}`,
      // Without zone transfers it could not read its own records.
      '--rfc2136-axfr',
      `--domain-filter=${domain}`,
    ],
    // Each flag of external-dns has an environment variable.
    token: { variable: 'EXTERNAL_DNS_RFC2136_TSIG_SECRET', secret: SECRETS.rfc2136 },
    solver: {
      rfc2136: {
        nameserver: server.includes(':') ? `[${server}]:53` : `${server}:53`,
        tsigKeyName: keyName,
        tsigAlgorithm: algorithm.replaceAll('-', '').toUpperCase(),
        tsigSecretSecretRef: SECRETS.rfc2136,
      },
    },
  };
}
