import type { ApiObject } from 'cdk8s';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import type { Component } from '../component.ts';
import { connect, type Endpoint } from './network.ts';
import type { Workload } from './workload.ts';

/** Port of every backend of the gateway that this repository writes: the gateway's egress to them is a single port. */
export const HTTP_PORT = 3000;

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
  readonly workload: Pick<Workload, 'name' | 'endpoint'>;
  /** Port of the Service. @default 80 */
  readonly port?: number;
  /** Name of the workload's port behind it. @default 'http' */
  readonly target?: string;
  /** Share of the requests, relative to the sum of all weights. */
  readonly weight?: number;
}

/** Match and filters of a route. */
export interface RouteRule {
  /** Path prefix. @default '/' */
  readonly path?: string;
  /** Request headers to set, overwriting those of the client. */
  readonly setRequestHeaders?: Readonly<Record<string, string>>;
}

/** HSTS for a year, and no MIME type sniffing. */
const RESPONSE_HEADERS = [
  { name: 'Strict-Transport-Security', value: 'max-age=31536000' },
  { name: 'X-Content-Type-Options', value: 'nosniff' },
];

/** Adds an HTTPRoute from a host to backends, and connects the gateway to them. */
export function route(
  component: Component,
  binding: HostBinding,
  backends: readonly Backend[],
  rules: readonly RouteRule[] = [{}],
): ApiObject {
  for (const { workload, target = 'http' } of backends) connect(binding.gateway, workload.endpoint, target);
  return component.add<IHTTPRoute>({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: component.name },
    spec: {
      hostnames: [binding.host],
      parentRefs: [
        { name: binding.listener.gateway, namespace: binding.listener.namespace, sectionName: binding.listener.name },
      ],
      rules: rules.map(({ path = '/', setRequestHeaders = {} }) => ({
        matches: [{ path: { type: 'PathPrefix', value: path } }],
        filters: [
          ...Object.entries(setRequestHeaders).map(([name, value]) => ({
            type: 'RequestHeaderModifier' as const,
            requestHeaderModifier: { set: [{ name, value }] },
          })),
          { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: RESPONSE_HEADERS } },
        ],
        backendRefs: backends.map(({ workload, port = 80, weight }) => ({ name: workload.name, port, weight })),
      })),
    },
  });
}
