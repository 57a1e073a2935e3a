import { Fault } from '../../fault.ts';
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

/** What the Gateway API permits. */
const MOST_LISTENERS = 64;

/** Listeners that are not of one host: for challenges, and the shared one. */
const RESERVED = { [GATEWAY]: 2, [HOSTS_GATEWAY]: 0 } as const;

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
    const name = shared && !namespaces ? SHARED_LISTENER : host.replaceAll('.', '-');
    const issuer = shared ? this.issuers.domain : this.issuers.anyHost;
    if (issuer === undefined) throw noIssuer(host, component, this.domain);
    const other = this.claims.find(
      (c) =>
        c.host === host || (name !== SHARED_LISTENER && c.listener.gateway === gateway && c.listener.name === name),
    );
    if (other) throw conflict(host, component, other);
    if (name !== SHARED_LISTENER && this.ownListeners(gateway) >= MOST_LISTENERS - RESERVED[gateway])
      throw tooMany(host, component, gateway);
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

  /** How many listeners of a Gateway serve one host each. */
  private ownListeners(gateway: string): number {
    return this.of(gateway).filter(({ listener }) => listener.name !== SHARED_LISTENER).length;
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

function tooMany(host: string, component: string, gateway: string): Fault {
  return new Fault({
    what: `the Gateway "${gateway}" has no listener left for the host "${host}"`,
    where: `component ${component}`,
    seen: `${MOST_LISTENERS} listeners, the most that a Gateway may have`,
    fix: "use hosts one label below the cluster's domain for services, which share a listener, and fewer hosts of tenants and other domains",
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
