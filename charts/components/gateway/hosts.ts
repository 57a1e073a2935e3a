import { Fault } from '../../fault.ts';
import type { Place } from '../../lib/route.ts';
import type { Issuers } from '../cert-manager/cert-manager.ts';

/** The Gateway of the cluster's domain; the component and its namespace have the same name. */
export const GATEWAY = 'gateway';

/**
 * The Gateway of hosts with a certificate each. It is apart because Argo CD counts a Gateway as degraded until every
 * listener has its certificate, and these are proven through the other Gateway, which has to serve by then.
 */
export const HOSTS_GATEWAY = 'gateway-hosts';

/** A host that somebody has. */
export interface Claim {
  readonly host: string;
  /** Who routes it, from the namespace of the same name. */
  readonly component: string;
  readonly listener: Place['listener'];
  /** ClusterIssuer that proves it. */
  readonly issuer: string;
}

/** Who has which host. */
export class Hosts {
  private readonly domain: string;
  private readonly issuers: Issuers;
  private readonly claims: Claim[] = [];

  constructor(domain: string, issuers: Issuers) {
    this.domain = domain;
    this.issuers = issuers;
  }

  /** @throws Fault if another one has it, or if nothing can prove it to a certificate authority */
  claim(host: string, component: string): Claim {
    const shared = this.sharesCertificate(host);
    const [gateway, name] = shared ? [GATEWAY, 'https'] : [HOSTS_GATEWAY, host.replaceAll('.', '-')];
    const issuer = shared ? this.issuers.domain : this.issuers.anyHost;
    if (issuer === undefined) throw unprovable(host, component, this.domain);
    const other = this.claims.find(
      (c) => c.host === host || (!shared && c.listener.gateway === gateway && c.listener.name === name),
    );
    if (other) throw taken(host, component, other);
    const claim = { host, component, issuer, listener: { gateway, namespace: GATEWAY, name } };
    this.claims.push(claim);
    return claim;
  }

  /** The hosts of a Gateway. */
  of(gateway: string): Claim[] {
    return this.claims.filter(({ listener }) => listener.gateway === gateway);
  }

  /** A wildcard stands for one label. */
  private sharesCertificate(host: string): boolean {
    const [first = '', ...rest] = host.split('.');
    return first !== '' && rest.join('.') === this.domain;
  }
}

function unprovable(host: string, component: string, domain: string): Fault {
  return new Fault({
    what: `nothing on this cluster can get a certificate for the host "${host}"`,
    where: `component ${component}`,
    seen: host,
    fix: `use a host one label below the cluster's domain, such as ${component}.${domain}, or give cert-manager an issuer for any host`,
  });
}

function taken(host: string, component: string, other: Claim): Fault {
  return new Fault({
    what:
      other.host === host
        ? `two components want the host "${host}"`
        : `the hosts "${other.host}" and "${host}" would have the same listener`,
    where: `components ${other.component} and ${component}`,
    seen: host,
    fix: 'give one of them another host',
  });
}
