import type { ApiObject } from 'cdk8s';
import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import type { IGatewayClass } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GatewayClass';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { Component } from '../../component.ts';
import type { Deployment } from '../../lib/deployment.ts';
import { lazy } from '../../lib/lazy.ts';
import { connect, type Endpoint } from '../../lib/network.ts';
import type { HostBinding } from '../../lib/route.ts';
import type { Issuers } from '../cert-manager/cert-manager.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { gatewayAlerts } from './alerts.ts';
import { hostPolicies } from './host-policies.ts';
import { CHALLENGES, type Claim, GATEWAY, Hosts, HOSTS_GATEWAY, type PublicHost, SHARED_LISTENER } from './hosts.ts';
import { httpListener, httpsListener, type Listener } from './listeners.ts';
import { traefik, type TraefikProps } from './traefik.ts';
import dashboard from './dashboards/gateway.json' with { type: 'json' };

/** Props of the gateway. */
export interface GatewayProps extends TraefikProps {
  /** The cluster's DNS domain; hosts one label below it share a certificate. */
  readonly domain: string;
  readonly issuers: Issuers;
}

/** The listener for HTTP-01 challenges; it accepts only routes of its own namespace. */
export const CHALLENGE_LISTENER: HostBinding['listener'] = { gateway: GATEWAY, namespace: GATEWAY, name: CHALLENGES };

/** cert-manager's HTTP-01 solver pods, which run in the namespace of the Certificate while a challenge is pending. */
const SOLVER = { name: 'acme-solver', labels: { 'acme.cert-manager.io/http01-solver': 'true' }, port: 8089 };

const GATEWAY_CLASS = 'traefik';

/** Name of the wildcard Certificate of the cluster's domain, and of its Secret. */
const WILDCARD = 'wildcard';

/** The ingress gateway: Traefik behind the cloud's load balancer, with TLS for the host of every component. */
export class Gateway extends Component {
  override readonly rules: readonly RuleGroup[];
  override readonly dashboards = [dashboard];
  private readonly wildcardHost: string;
  private readonly hosts: Hosts;
  private readonly traefik: Deployment;
  private readonly domainGateway: ApiObject;
  private hostsGateway: ApiObject | undefined;

  constructor(props: GatewayProps) {
    super(GATEWAY, { tier: 'platform' });
    this.wildcardHost = `*.${props.domain}`;
    const hosts = new Hosts(props.domain, props.issuers);
    this.hosts = hosts;
    this.rules = [
      {
        name: GATEWAY,
        // Read once all components have their hosts.
        get alerts() {
          return gatewayAlerts([...hosts.byNamespace().keys()]);
        },
      },
    ];
    this.traefik = traefik(this, props);
    this.gatewayClass();
    this.certificate(WILDCARD, this.wildcardHost, props.issuers.domain);
    this.redirect();
    this.domainGateway = this.gateway(GATEWAY, () => this.listeners());
    hostPolicies(this, { gatewayClass: GATEWAY_CLASS, hosts: () => this.hosts.byNamespace() });
  }

  /**
   * Reserves a host for a component, with a certificate and a listener.
   *
   * @param namespaces namespaces of others that may route the host, and no other host
   * @throws Fault if the host is already reserved, or no issuer can issue its certificate
   */
  bind(host: string, component: string, namespaces?: readonly string[]): HostBinding {
    const claim = this.hosts.claim(host, component, namespaces);
    const { listener } = claim;
    if (listener.gateway === HOSTS_GATEWAY) this.ownCertificate(claim);
    return {
      host,
      listener,
      gateway: this.traefik.endpoint,
    };
  }

  /** Every host that it serves, with its namespace. */
  get publicHosts(): readonly PublicHost[] {
    return this.hosts.all();
  }

  /** Its pods; port `websecure`. */
  get server(): Endpoint {
    return this.traefik.endpoint;
  }

  /** Where it is reached in the cluster, without DNS of the outside. */
  get address(): string {
    return `${this.traefik.name}.${this.namespace}.svc`;
  }

  /**
   * The listeners of the cluster's domain: one for challenges, one for all hosts of the wildcard certificate, and one
   * for each host of others, who could otherwise route any host of the domain.
   */
  private listeners(): Listener[] {
    const claims = this.hosts.of(GATEWAY);
    const shared = claims.filter(({ listener }) => listener.name === SHARED_LISTENER);
    return [
      httpListener(CHALLENGE_LISTENER.name),
      httpsListener(
        SHARED_LISTENER,
        this.wildcardHost,
        WILDCARD,
        shared.flatMap(({ namespaces }) => namespaces),
      ),
      ...claims
        .filter((claim) => !shared.includes(claim))
        .map(({ listener, host, namespaces }) => httpsListener(listener.name, host, WILDCARD, namespaces)),
    ];
  }

  /** Adds the certificate of a host that the wildcard does not cover, by a challenge on the Gateway of the domain. */
  private ownCertificate({ listener, host, issuer }: Claim): void {
    this.hostsGateway ??= this.otherHosts();
    this.certificate(listener.name, host, issuer).addDependency(this.domainGateway);
  }

  /** The Gateway of hosts that the wildcard does not cover. */
  private otherHosts(): ApiObject {
    this.solvers();
    return this.gateway(HOSTS_GATEWAY, () =>
      this.hosts
        .of(HOSTS_GATEWAY)
        .map(({ listener, host, namespaces }) => httpsListener(listener.name, host, listener.name, namespaces)),
    );
  }

  private gatewayClass(): void {
    this.add<IGatewayClass>({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: GATEWAY_CLASS },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    });
  }

  private gateway(name: string, listeners: () => Listener[]): ApiObject {
    return this.add<IGateway>({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name },
      spec: { gatewayClassName: GATEWAY_CLASS, listeners: lazy(listeners) },
    });
  }

  /** Adds a Certificate, with a Secret of the same name. */
  private certificate(name: string, host: string, issuer: string): ApiObject {
    return this.add<ICertificate>({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name },
      spec: {
        secretName: name,
        dnsNames: [host],
        issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: issuer },
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      },
    });
  }

  /** Redirects HTTP to HTTPS. Challenge routes match an exact host and path and so take precedence. */
  private redirect(): void {
    this.add<IHTTPRoute>({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'redirect' },
      spec: {
        parentRefs: [{ name: CHALLENGE_LISTENER.gateway, sectionName: CHALLENGE_LISTENER.name }],
        rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
      },
    });
  }

  private solvers(): void {
    connect(this.traefik.endpoint, this.endpoint(SOLVER.name, SOLVER.labels, {}, { http: SOLVER.port }), 'http');
  }
}
