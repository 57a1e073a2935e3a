import { Component } from '../../../charts/component.ts';
import { Deployment } from '../../../charts/lib/deployment.ts';
import type { Manifest } from '../../../charts/lib/manifest.ts';
import { type HostBinding, route } from '../../../charts/lib/route.ts';
import { manifestsOf } from '../../../charts/render/manifests.ts';

const NAME = 'shop';
const HOST = 'shop.example.com';
const NEXT_HOST = 'shop-next.example.com';
const GATEWAY_CLASS = 'traefik';
const PORT = 8080;

/** What the API server gets of the component, without what only pods need. */
const ROUTED = new Set(['Service', 'HTTPRoute']);

/** A component with a sticky route to the web pods of several versions, and a route to the next one alone. */
export class Shop extends Component {
  static readonly host = HOST;
  static readonly nextHost = NEXT_HOST;

  /** @param weights by version */
  constructor(weights: Readonly<Record<string, number>>) {
    super(NAME, { tier: 'apps' });
    const backends = Object.entries(weights).map(([version, weight]) => ({
      workload: this.web(version),
      version,
      weight,
    }));
    route(this, binding(HOST), backends, { sticky: { name: 'shop-version', maxAgeSeconds: 3600 } });
    const next = backends.filter(({ version }) => version === 'next').map(({ workload }) => ({ workload }));
    if (next.length > 0) route(this, binding(NEXT_HOST), next, { name: `${NAME}-next` });
  }

  /** Its Services and routes. */
  manifests(): Manifest[] {
    return manifestsOf(this).manifests.filter(({ kind }) => ROUTED.has(kind));
  }

  /** The namespace, and a Gateway with a listener on a port. */
  static surroundings(port: number): Manifest[] {
    const listener = { name: 'web', protocol: 'HTTP', port, allowedRoutes: { namespaces: { from: 'Same' } } };
    return [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAME } },
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'GatewayClass',
        metadata: { name: GATEWAY_CLASS },
        spec: { controllerName: 'traefik.io/gateway-controller' },
      },
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'Gateway',
        metadata: { name: NAME, namespace: NAME },
        spec: { gatewayClassName: GATEWAY_CLASS, listeners: [listener] },
      },
    ];
  }

  /** The pods of a version, as its Service finds them. */
  static pods(version: string, address: string, ready: boolean): Manifest {
    const name = `${NAME}-${version}`;
    return {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, namespace: NAME, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready } }],
      ports: [{ name: 'http', port: PORT, protocol: 'TCP' }],
    };
  }

  /** Paths of what the next version has of its own. */
  static readonly nextPaths = [
    `/apis/gateway.networking.k8s.io/v1/namespaces/${NAME}/httproutes/${NAME}-next`,
    `/api/v1/namespaces/${NAME}/services/${NAME}-next`,
    `/apis/discovery.k8s.io/v1/namespaces/${NAME}/endpointslices/${NAME}-next`,
  ];

  private web(version: string): Deployment {
    const resources = { cpu: '10m', cpuLimit: '1', memory: '64Mi' };
    const deployment = new Deployment(this, {
      settings: {},
      role: 'web',
      name: `${NAME}-${version}`,
      instance: version,
      containers: [{ name: 'web', image: 'shop:1', ports: { http: PORT }, resources }],
    });
    deployment.service({ http: { port: 80, target: 'http' } });
    return deployment;
  }
}

function binding(host: string): HostBinding {
  const pods = { namespace: NAME, labels: { app: 'gateway' } };
  return {
    host,
    listener: { gateway: NAME, namespace: NAME, name: 'web' },
    gateway: { name: 'gateway', pods, ports: {} },
  };
}
