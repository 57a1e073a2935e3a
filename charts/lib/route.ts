import type { ApiObject } from 'cdk8s';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import type { Component } from '../component.ts';
import { connect, type Endpoint } from './network.ts';
import type { Workload } from './workload.ts';

/** The port that everything behind the gateway listens on: what the gateway may reach is one number. */
export const HTTP_PORT = 3000;

/** A host that the gateway serves with TLS, handed out by the gateway. */
export interface Place {
  readonly host: string;
  /** The listener that a route attaches to. */
  readonly listener: { readonly gateway: string; readonly namespace: string; readonly name: string };
  /** The gateway's pods. */
  readonly gateway: Endpoint;
}

/** Pods that answer, behind a Service of their name with port 80. */
export interface Backend {
  readonly workload: Workload;
  /** Share of the requests, against the sum of all weights. */
  readonly weight?: number;
}

/** What goes to which backends. */
export interface RouteRule {
  /** Path prefix. @default '/' */
  readonly path?: string;
  /** Headers that the backends receive in place of the client's. */
  readonly setRequestHeaders?: Readonly<Record<string, string>>;
}

/** Browsers come back by HTTPS only, for a year, and take no content for another type than it says. */
const RESPONSE_HEADERS = [
  { name: 'Strict-Transport-Security', value: 'max-age=31536000' },
  { name: 'X-Content-Type-Options', value: 'nosniff' },
];

/** Routes a host to backends, and opens the way on both ends. */
export function route(
  component: Component,
  place: Place,
  backends: readonly Backend[],
  rules: readonly RouteRule[] = [{}],
): ApiObject {
  for (const { workload } of backends) connect(place.gateway, workload.endpoint, 'http');
  return component.add<IHTTPRoute>({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: component.name },
    spec: {
      hostnames: [place.host],
      parentRefs: [
        { name: place.listener.gateway, namespace: place.listener.namespace, sectionName: place.listener.name },
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
        backendRefs: backends.map(({ workload, weight }) => ({ name: workload.name, port: 80, weight })),
      })),
    },
  });
}
