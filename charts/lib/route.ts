import type { ApiObject } from 'cdk8s';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import type { Component } from '../component.ts';
import { Fault } from '../fault.ts';
import { connect, type Endpoint } from './network.ts';
import { pinned, remembered, type Rule, type Sticky, type Version } from './sticky.ts';
import type { Workload } from './workload.ts';

/** Port of a backend's Service by default. */
const SERVICE_PORT = 80;

/** Name of a backend's container port by default. */
const TARGET = 'http';

/** A host that the gateway serves with TLS; created by `Gateway.bind`. */
export interface HostBinding {
  readonly host: string;
  /** The listener that a route attaches to. */
  readonly listener: { readonly gateway: string; readonly namespace: string; readonly name: string };
  /** The gateway's pods. */
  readonly gateway: Endpoint;
}

/** A backend of a route: a workload with a Service of its name. */
export interface Backend {
  readonly workload: Pick<Workload, 'name' | 'endpoint' | 'servicePorts'>;
  /** Port of the Service. @default 80 */
  readonly port?: number;
  /** Name of the container port that it leads to, whatever its number. @default 'http' */
  readonly target?: string;
  /** Share of the requests, relative to the sum of all weights. @default 1 */
  readonly weight?: number;
  /** What the header and the cookie of a sticky route call it. @default the workload's name */
  readonly version?: string;
}

/** Match and filters of a route. */
export interface RouteRule {
  /** Path prefix. @default '/' */
  readonly path?: string;
  /** Request headers to set, overwriting those of the client. */
  readonly setRequestHeaders?: Readonly<Record<string, string>>;
  /** Path that the backend gets instead, such as one that may be seen from outside. @default the request's own */
  readonly rewritePath?: string;
}

/** What a route may have besides its host and backends. */
export interface RouteOptions {
  /** Of the HTTPRoute. @default the component's */
  readonly name?: string;
  /** @default one rule, for all paths */
  readonly rules?: readonly RouteRule[];
  /** Lets visitors stay with the backend of their first request. @default the weights decide on each request */
  readonly sticky?: Sticky;
}

/** HSTS for a year, and no MIME type sniffing. */
const RESPONSE_HEADERS = [
  { name: 'Strict-Transport-Security', value: 'max-age=31536000' },
  { name: 'X-Content-Type-Options', value: 'nosniff' },
];

/**
 * Adds an HTTPRoute from a host to backends, and connects the gateway to them.
 *
 * @throws Fault if a backend has no such container port, or its Service no port that leads to it
 */
export function route(
  component: Component,
  binding: HostBinding,
  backends: readonly Backend[],
  { name = component.name, rules = [{}], sticky }: RouteOptions = {},
): ApiObject {
  for (const backend of backends) {
    checkPorts(component, binding, backend);
    connect(binding.gateway, backend.workload.endpoint, backend.target ?? TARGET);
  }
  return component.add<IHTTPRoute>({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name },
    spec: {
      hostnames: [binding.host],
      parentRefs: [
        { name: binding.listener.gateway, namespace: binding.listener.namespace, sectionName: binding.listener.name },
      ],
      rules: rules.flatMap((rule) => rulesOf(rule, backends, sticky)),
    },
  });
}

/** The rules for one path: of a sticky route first those that lead to one backend, last the weighted one. */
function rulesOf(rule: RouteRule, backends: readonly Backend[], sticky: Sticky | undefined): Rule[] {
  const path = { type: 'PathPrefix' as const, value: rule.path ?? '/' };
  const filters = filtersOf(rule);
  const versions = backends.map(versionOf);
  return [
    ...(sticky ? pinned(sticky, versions) : []).map(({ header, backend }) => ({
      matches: [{ path, headers: [header] }],
      filters,
      backendRefs: [backend.reference],
    })),
    {
      matches: [{ path }],
      filters,
      backendRefs: versions.map((one, i) => ({
        ...one.reference,
        weight: backends[i]?.weight,
        filters: sticky && remembered(sticky, one, versions),
      })),
    },
  ];
}

/** A backend by its version, with the reference that leads to it. */
function versionOf({ workload: { name }, port = SERVICE_PORT, weight = 1, version = name }: Backend) {
  return { version, weight, reference: { name, port } } satisfies Version & { readonly reference: object };
}

function filtersOf({ setRequestHeaders = {}, rewritePath }: RouteRule): NonNullable<Rule['filters']> {
  return [
    ...Object.entries(setRequestHeaders).map(([name, value]) => ({
      type: 'RequestHeaderModifier' as const,
      requestHeaderModifier: { set: [{ name, value }] },
    })),
    ...(rewritePath === undefined
      ? []
      : [
          {
            type: 'URLRewrite' as const,
            urlRewrite: { path: { type: 'ReplaceFullPath' as const, replaceFullPath: rewritePath } },
          },
        ]),
    { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: RESPONSE_HEADERS } },
  ];
}

/** Without this check the gateway would answer every request with an error, on a cluster that looks healthy. */
function checkPorts(
  component: Component,
  { host }: HostBinding,
  { workload, port = SERVICE_PORT, target = TARGET }: Backend,
): void {
  const where = `route ${component.name} of the host ${host}`;
  const { ports } = workload.endpoint;
  if (ports[target] === undefined) {
    throw new Fault({
      what: `backend "${workload.name}" has no container port named "${target}", which the gateway reaches`,
      where,
      seen: portText(ports),
      fix: `name the port that serves HTTP "${target}": ports: { ${target}: 8080 }`,
    });
  }
  const reached = Object.values(workload.servicePorts).filter((one) => one.target === target);
  if (reached.some((one) => one.port === port)) return;
  throw new Fault({
    what: `backend "${workload.name}" has no Service port ${port} that leads to its container port "${target}"`,
    where,
    seen: portText(Object.fromEntries(Object.entries(workload.servicePorts).map(([name, one]) => [name, one.port]))),
    fix: reached[0]
      ? `name the port at the backend: { workload, port: ${reached[0].port} }`
      : `add it before the route: workload.service({ ${target}: { port: ${port}, target: '${target}' } })`,
  });
}

function portText(ports: Readonly<Record<string, number>>): string {
  return (
    Object.entries(ports)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ') || 'no ports'
  );
}
