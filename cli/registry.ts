import { DOCKER_HUB, imageOf } from '../charts/lib/images.ts';
import type { Pin } from '../charts/pins.ts';

/** What a registry says of an image: its digest, or why that is not known. */
export type Answer = { readonly digest: string } | { readonly unknown: string };

/** Milliseconds until an answer counts as missing. */
export const TIMEOUT_MS = 15_000;

/** An index of several platforms is asked for first: its digest is right on every node. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const HOST_OF_DOCKER_HUB = 'registry-1.docker.io';

/** Asks an image's registry for the digest of its tag, without credentials. */
export async function digestOf(pin: Pick<Pin, 'packageName' | 'version'>, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  const { host, repository } = addressOf(pin.packageName);
  const url = `${originOf(host)}/v2/${repository}/manifests/${pin.version}`;
  try {
    const first = await head(url, timeoutMs);
    const challenge = first.status === 401 ? first.headers.get('www-authenticate') : null;
    if (challenge === null) return answerOf(first, host);
    const token = await tokenOf(challenge, timeoutMs);
    return answerOf(token === undefined ? first : await head(url, timeoutMs, token), host);
  } catch (error) {
    return { unknown: reasonOf(error, host, timeoutMs) };
  }
}

/** Registry and repository of an image, as container runtimes complete its name. */
export function addressOf(packageName: string): { readonly host: string; readonly repository: string } {
  const { registry, repository } = imageOf(packageName);
  return { host: registry === DOCKER_HUB ? HOST_OF_DOCKER_HUB : registry, repository };
}

/** Only on loopback is a registry trusted without TLS, as container runtimes do. */
function originOf(host: string): string {
  return `${/^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?$/.test(host) ? 'http' : 'https'}://${host}`;
}

function head(url: string, timeoutMs: number, token?: string): Promise<Response> {
  const headers = { accept: ACCEPT, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  return fetch(url, { method: 'HEAD', headers, signal: AbortSignal.timeout(timeoutMs) });
}

/** The token of an anonymous client; undefined if the registry wants another kind of authentication, or issues none. */
async function tokenOf(challenge: string, timeoutMs: number): Promise<string | undefined> {
  const parameters = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  const realm = parameters.get('realm');
  if (!/^bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  for (const key of ['service', 'scope']) if (parameters.has(key)) url.searchParams.set(key, parameters.get(key) ?? '');
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) return undefined;
  const body = (await response.json()) as { readonly token?: unknown; readonly access_token?: unknown };
  const token = body.token ?? body.access_token;
  return typeof token === 'string' ? token : undefined;
}

function answerOf({ status, headers, ok }: Response, host: string): Answer {
  if (ok) {
    const digest = headers.get('docker-content-digest');
    if (digest !== null && /^sha256:[0-9a-f]{64}$/.test(digest)) return { digest };
    return { unknown: `${host} sends ${digest === null ? 'no digest' : `a digest that is none: ${digest}`}` };
  }
  if (status === 404) return { unknown: `${host} has no such image or tag (404)` };
  if (status === 401 || status === 403)
    return { unknown: `${host} shows it only to those who log in, or does not have it (${status})` };
  if (status !== 429) return { unknown: `${host} answers ${status}` };
  const after = headers.get('retry-after');
  return {
    unknown: `the rate limit of ${host} is reached (429): try again ${after === null ? 'later' : `in ${after} s`}`,
  };
}

/** Why a request to a host or an address failed, as an answer says it. */
export function reasonOf(error: unknown, place: string, timeoutMs: number): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return `${place} did not answer within ${timeoutMs / 1000} s`;
  // What Node says is in the cause: `connect ECONNREFUSED 127.0.0.1:80`.
  const detail = cause instanceof Error && cause.message ? cause.message : message;
  return `${place} cannot be reached: ${detail}`;
}
