import type { ApiObject } from 'cdk8s';
import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import type { IGatewayClass } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/GatewayClass';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { Component } from '../../component.ts';
import type { Deployment } from '../../lib/deployment.ts';
import { HTTP_PORT, type Place } from '../../lib/route.ts';
import type { Issuers } from '../cert-manager/cert-manager.ts';
import { type Claim, GATEWAY, Hosts, HOSTS_GATEWAY } from './hosts.ts';
import { httpListener, httpsListener, type Listener } from './listeners.ts';
import { traefik, type TraefikProps } from './traefik.ts';

/** Props of the gateway. */
export interface GatewayProps extends TraefikProps {
  /** The cluster's DNS domain; hosts one label below it share a certificate. */
  readonly domain: string;
  readonly issuers: Issuers;
}

/** The listener that answers HTTP-01 challenges; it lets in routes of its own namespace alone. */
export const CHALLENGE_LISTENER: Place['listener'] = { gateway: GATEWAY, namespace: GATEWAY, name: 'http' };

/** Pods that answer a challenge, and their port: cert-manager starts them beside the certificate, for as long as it takes. */
const SOLVER = { name: 'acme-solver', labels: { 'acme.cert-manager.io/http01-solver': 'true' }, port: 8089 };

const GATEWAY_CLASS = 'traefik';

/** Certificate and Secret of the hosts below the cluster's domain. */
const WILDCARD = 'wildcard';

/** The way in: Traefik behind the cloud's load balancer, with TLS for every host that a component asks for. */
export class Gateway extends Component {
  private readonly wildcardHost: string;
  private readonly hosts: Hosts;
  private readonly traefik: Deployment;

  constructor(props: GatewayProps) {
    super(GATEWAY, { tier: 'platform' });
    this.wildcardHost = `*.${props.domain}`;
    this.hosts = new Hosts(props.domain, props.issuers);
    this.traefik = traefik(this, props);
    this.gatewayClass();
    this.certificate(WILDCARD, this.wildcardHost, props.issuers.domain);
    this.redirect();
  }

  /**
   * Hands out a host, once, to the component that routes it.
   *
   * @throws Fault if another component has it, or if nothing can prove it to a certificate authority
   */
  place(host: string, component: string): Place {
    const { listener } = this.hosts.claim(host, component);
    return {
      host,
      listener,
      from: this.traefik.peer,
      reach: (backend) => this.traefik.to({ peers: [backend], tcp: [HTTP_PORT] }),
    };
  }

  /** Listeners name the namespaces that they let in, so they wait until everybody has asked. */
  protected override finish(): void {
    const gateway = this.gateway(GATEWAY, [
      httpListener(CHALLENGE_LISTENER.name),
      httpsListener(
        'https',
        this.wildcardHost,
        WILDCARD,
        this.hosts.of(GATEWAY).map(({ component }) => component),
      ),
    ]);
    const others = this.hosts.of(HOSTS_GATEWAY);
    if (others.length > 0) this.otherHosts(others, gateway);
  }

  /** Hosts that the wildcard does not cover, each proven by a challenge that the given Gateway answers. */
  private otherHosts(hosts: readonly Claim[], challenged: ApiObject): void {
    this.solvers();
    for (const { listener, host, issuer } of hosts)
      this.certificate(listener.name, host, issuer).addDependency(challenged);
    this.gateway(
      HOSTS_GATEWAY,
      hosts.map(({ listener, host, component }) => httpsListener(listener.name, host, listener.name, [component])),
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

  private gateway(name: string, listeners: Listener[]): ApiObject {
    return this.add<IGateway>({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name },
      spec: { gatewayClassName: GATEWAY_CLASS, listeners },
    });
  }

  /** A certificate in a Secret of its name. */
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

  /** Whatever comes by plain HTTP is sent to HTTPS; a challenge names its host and whole path, and so goes first. */
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
    this.open(SOLVER.name, SOLVER.labels, { ingress: [{ peers: [this.traefik.peer], tcp: [SOLVER.port] }] });
    this.traefik.to({ peers: [{ namespace: GATEWAY, labels: SOLVER.labels }], tcp: [SOLVER.port] });
  }
}
