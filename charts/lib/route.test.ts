import { describe, expect, it } from 'vitest';
import { Component } from '../component.ts';
import { manifestsOf } from '../render/manifests.ts';
import { Deployment } from './deployment.ts';
import { at, listAt, type Manifest } from './manifest.ts';
import { type Backend, type HostBinding, route } from './route.ts';
import type { ServicePorts } from './workload.ts';

const RESOURCES = { cpu: '10m', cpuLimit: '1', memory: '64Mi' };

/** A component with one Deployment. */
class Web extends Component {
  readonly workload: Deployment;

  constructor(name: string, ports: Readonly<Record<string, number>>) {
    super(name, { tier: 'apps' });
    this.workload = new Deployment(this, {
      settings: {},
      role: 'server',
      containers: [{ name, image: 'a:1', ports, resources: RESOURCES }],
    });
  }
}

const gateway = new Web('gateway', {});
const BINDING: HostBinding = {
  host: 'handbook.example.com',
  listener: { gateway: 'gateway', namespace: 'gateway', name: 'https' },
  gateway: gateway.workload.endpoint,
};

/** A component with a Service and a route to it. */
function routed(
  ports: Readonly<Record<string, number>>,
  service: ServicePorts | undefined,
  backend: Partial<Backend> = {},
): Manifest[] {
  const web = new Web('handbook', ports);
  if (service) web.workload.service(service);
  route(web, BINDING, [{ workload: web.workload, ...backend }]);
  return [...manifestsOf(web).manifests];
}

const find = (manifests: readonly Manifest[], kind: string, name: string): Manifest | undefined =>
  manifests.find((m) => m.kind === kind && m.metadata.name === name);

describe('route', () => {
  it('opens the container port named http at both ends, whatever its number', () => {
    const policy = find(routed({ http: 8080 }, { http: { port: 80, target: 'http' } }), 'NetworkPolicy', 'handbook');
    const ports = [{ port: 8080, protocol: 'TCP' }];
    expect(listAt(policy, 'spec', 'ingress').map((rule) => at(rule, 'ports'))).toEqual([ports]);
    const egress = find(manifestsOf(gateway).manifests, 'NetworkPolicy', 'gateway');
    expect(listAt(egress, 'spec', 'egress').map((rule) => at(rule, 'ports'))).toContainEqual(ports);
  });

  it('calls port 80 of the Service, or the one of the backend', () => {
    const portOf = (manifests: readonly Manifest[]): unknown =>
      at(find(manifests, 'HTTPRoute', 'handbook'), 'spec', 'rules', 0, 'backendRefs', 0, 'port');
    expect(portOf(routed({ http: 8080 }, { http: { port: 80, target: 'http' } }))).toBe(80);
    expect(portOf(routed({ http: 8080 }, { web: { port: 8000, target: 'http' } }, { port: 8000 }))).toBe(8000);
  });

  it('rejects a backend without a container port named http', () => {
    expect(() => routed({ web: 8080 }, { http: { port: 80, target: 'web' } })).toThrow(
      `backend "handbook" has no container port named "http", which the gateway reaches
  at:   route handbook of the host handbook.example.com
  seen: web 8080
  fix:  name the port that serves HTTP "http": ports: { http: 8080 }`,
    );
  });

  it('rejects a Service with another port', () => {
    expect(() => routed({ http: 8080 }, { web: { port: 8000, target: 'http' } })).toThrow(
      `backend "handbook" has no Service port 80 that leads to its container port "http"
  at:   route handbook of the host handbook.example.com
  seen: web 8000
  fix:  name the port at the backend: { workload, port: 8000 }`,
    );
  });

  it('rejects a Service port that leads to another container port', () => {
    expect(() => routed({ http: 8080, admin: 9000 }, { http: { port: 80, target: 'admin' } })).toThrow(
      /no Service port 80 that leads to its container port "http"/,
    );
  });

  it('rejects a backend without a Service', () => {
    expect(() => routed({ http: 8080 }, undefined)).toThrow(
      `seen: no ports
  fix:  add it before the route: workload.service({ http: { port: 80, target: 'http' } })`,
    );
  });
});
