import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';

/** A rule of a route, as the Gateway API has it. */
export type Rule = NonNullable<IHTTPRoute['spec']['rules']>[number];
type HeaderMatch = NonNullable<NonNullable<Rule['matches']>[number]['headers']>[number];
type BackendFilters = NonNullable<NonNullable<Rule['backendRefs']>[number]['filters']>;

/** Visitors of a route stay with the backend that the weights chose for their first request. */
export interface Sticky {
  /** Of the header `x-<name>` and the cookie `__Host-<name>`, whose values are versions of backends. */
  readonly name: string;
  /** Seconds after which the weights choose again, however often the visitor came meanwhile. */
  readonly maxAgeSeconds: number;
}

/** A backend that visitors stay with or ask for. */
export interface Version {
  /** A DNS label, which is what the header and the cookie say. */
  readonly version: string;
  readonly weight: number;
}

/** Requests that the weights do not decide. */
export interface Pinned<T> {
  readonly header: HeaderMatch;
  readonly backend: T;
}

/**
 * What leads to one backend, in the order of precedence: the header, then the cookie, because the Gateway API prefers the
 * earlier one of two rules with equally many header matches. A WebSocket is opened by a request with the same cookie.
 *
 * A backend without a share of the requests can be asked for, but nobody stays with it: their cookies match no rule.
 */
export function pinned<T extends Version>({ name }: Sticky, backends: readonly T[]): Pinned<T>[] {
  if (backends.length < 2) return [];
  return [
    ...backends.map((backend) => ({ header: { name: `x-${name}`, value: backend.version }, backend })),
    ...shared(backends).map((backend) => ({ header: cookieMatch(name, backend.version), backend })),
  ];
}

/** The filters by which a backend that the weights have chosen says so to the browser; undefined if they have no choice. */
export function remembered(
  sticky: Sticky,
  { version }: Version,
  backends: readonly Version[],
): BackendFilters | undefined {
  if (!shared(backends).some((one) => one.version === version)) return undefined;
  const value = `${cookie(sticky.name)}=${version}; Max-Age=${sticky.maxAgeSeconds}; Path=/; Secure; HttpOnly; SameSite=Lax`;
  return [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'Set-Cookie', value }] } }];
}

/** Browsers accept this prefix from the host itself only, so that no other host of the domain can set it. */
const cookie = (name: string): string => `__Host-${name}`;

/** Standard definitions have no match of a cookie: it is one of several in the header, and its name may end another's. */
function cookieMatch(name: string, version: string): HeaderMatch {
  return { type: 'RegularExpression', name: 'Cookie', value: `(^|; ?)${cookie(name)}=${version}($|;)` };
}

/** The backends among which the weights choose; none if there is no choice. */
function shared<T extends Version>(backends: readonly T[]): readonly T[] {
  const weighted = backends.filter(({ weight }) => weight > 0);
  return weighted.length > 1 ? weighted : [];
}
