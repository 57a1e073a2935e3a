import { Fault } from '../../fault.ts';
import { isLocalhost } from '../../lib/host.ts';
import type { HostBinding } from '../../lib/route.ts';
import type { Issuers } from '../cert-manager/cert-manager.ts';

/** Name of the Gateway of the cluster's domain, of the component and of its namespace. */
export const GATEWAY = 'gateway';

/**
 * The Gateway of hosts with their own certificates. It is separate because Argo CD reports a Gateway as Degraded until
 * all its listeners have certificates, and these are issued by challenges through the other, healthy Gateway.
 */
export const HOSTS_GATEWAY = 'gateway-hosts';

/** The listener of all hosts that share the wildcard certificate. */
export const SHARED_LISTENER = 'https';

/** The listener of HTTP-01 challenges. */
export const CHALLENGES = 'http';

/** Listeners of a Gateway, by the definition of the Gateway API. */
const MAX_LISTENERS = 64;

/** A host reserved by a component. */
export interface Claim {
  readonly host: string;
  /** The component that routes it. */
  readonly component: string;
  /** Namespaces that may route it. */
  readonly namespaces: readonly string[];
  readonly listener: HostBinding['listener'];
  /** ClusterIssuer of its certificate. */
  readonly issuer: string;
}

/** A host, and whose it is. */
export interface PublicHost {
  readonly host: string;
  /** The namespace that routes it; of several, which are of one tenant, the first. */
  readonly namespace: string;
}

/** Registry of hosts. */
export class Hosts {
  private readonly domain: string;
  private readonly issuers: Issuers;
  private readonly claims: Claim[] = [];

  constructor(domain: string, issuers: Issuers) {
    this.domain = domain;
    this.issuers = issuers;
  }

  /**
   * Reserves a host.
   *
   * @param namespaces namespaces of others that may route it, by a listener for this host alone
   *   @default the component's, by the listener that it shares with all hosts of the same certificate
   * @throws Fault if it is already reserved, or no issuer can issue its certificate
   */
  claim(host: string, component: string, namespaces?: readonly string[]): Claim {
    const shared = this.sharesCertificate(host);
    const gateway = shared ? GATEWAY : HOSTS_GATEWAY;
    // Several labels make a name with a hyphen, which no listener or Certificate of the Gateway itself has.
    const name = shared && !namespaces ? SHARED_LISTENER : host.replaceAll('.', '-');
    const issuer = shared ? this.issuers.domain : this.issuers.anyHost;
    if (issuer === undefined || (this.issuers.anyHost !== undefined && isLocalhost(host)))
      throw noIssuer(host, component, this.domain);
    const other = this.claims.find(
      (c) =>
        c.host === host || (name !== SHARED_LISTENER && c.listener.gateway === gateway && c.listener.name === name),
    );
    if (other) throw conflict(host, component, other);
    this.checkCount(gateway, name, host, component);
    const claim = {
      host,
      component,
      namespaces: namespaces ?? [component],
      issuer,
      listener: { gateway, namespace: GATEWAY, name },
    };
    this.claims.push(claim);
    return claim;
  }

  /** The hosts of a Gateway. */
  of(gateway: string): Claim[] {
    return this.claims.filter(({ listener }) => listener.gateway === gateway);
  }

  /** All hosts, in alphabetical order. */
  all(): PublicHost[] {
    return this.claims
      .map(({ host, component, namespaces: [namespace = component] }) => ({ host, namespace }))
      .sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  /** The hosts that each namespace may route. */
  byNamespace(): ReadonlyMap<string, readonly string[]> {
    const namespaces = [...new Set(this.claims.flatMap((claim) => claim.namespaces))];
    return new Map(
      namespaces.map((namespace) => [
        namespace,
        this.claims.filter((claim) => claim.namespaces.includes(namespace)).map(({ host }) => host),
      ]),
    );
  }

  /** @throws Fault if the Gateway would have more listeners than the API server accepts */
  private checkCount(gateway: string, listener: string, host: string, component: string): void {
    const names = this.of(gateway).map((claim) => claim.listener.name);
    // The Gateway of the domain has them whether or not a host uses them.
    const own = gateway === GATEWAY ? [CHALLENGES, SHARED_LISTENER] : [];
    if (new Set([...own, ...names, listener]).size > MAX_LISTENERS)
      throw tooMany(gateway, names.length + 1, host, component);
  }

  /** A wildcard matches exactly one label. */
  private sharesCertificate(host: string): boolean {
    const [first = '', ...rest] = host.split('.');
    return first !== '' && rest.join('.') === this.domain;
  }
}

function noIssuer(host: string, component: string, domain: string): Fault {
  return new Fault({
    what: `no issuer of this cluster can issue a certificate for the host "${host}"`,
    where: `component ${component}`,
    seen: host,
    fix: `use a host one label below the cluster's domain, such as ${component}.${domain}, or add an issuer for any host to cert-manager`,
  });
}

function tooMany(gateway: string, hosts: number, host: string, component: string): Fault {
  return new Fault({
    what: `the ${hosts} hosts of the Gateway "${gateway}" need more than the ${MAX_LISTENERS} listeners that the Gateway API allows`,
    where: `component ${component}`,
    seen: host,
    fix: 'use hosts one label below the domain for services of the platform, which share a listener, or another cluster',
  });
}

function conflict(host: string, component: string, other: Claim): Fault {
  return new Fault({
    what:
      other.host === host
        ? `the components "${other.component}" and "${component}" both claim the host "${host}"`
        : `the hosts "${other.host}" and "${host}" map to the same listener name`,
    where: `components ${other.component} and ${component}`,
    seen: host,
    fix: 'change one of the hosts',
  });
}
