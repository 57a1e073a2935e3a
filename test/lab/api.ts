import { Agent, request } from 'node:https';
import { listAt, type Manifest, textAt } from '../../charts/lib/manifest.ts';

/** A live object. */
export interface Live extends Manifest {
  readonly metadata: Manifest['metadata'] & {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
    readonly managedFields?: unknown;
  };
}

/** A response: status, body (text if it is not JSON) and the server's warnings. */
export interface ApiResponse {
  readonly status: number;
  readonly body: unknown;
  /** Texts of `Warning` headers, unquoted (RFC 9111): Pod Security and deprecations are reported here. */
  readonly warnings: readonly string[];
}

/** How to reach an API server. */
export interface Access {
  /** `https://127.0.0.1:6443` */
  readonly server: string;
  /** PEM of the CA that signed its certificate. */
  readonly ca: string;
  readonly token: string;
}

/** Options of server-side apply. */
export interface ApplyOptions {
  /** Field manager. */
  readonly manager: string;
  /** Takes over fields owned by other managers. @default true */
  readonly force?: boolean;
  /** Validates without writing. @default false */
  readonly dryRun?: boolean;
}

/** An unexpected response of the API server. */
export class ApiError extends Error {
  readonly status: number;

  constructor(what: string, { status, body }: ApiResponse) {
    super(`${what}: ${status} ${textAt(body, 'message') ?? JSON.stringify(body)}`);
    this.name = 'ApiError';
    this.status = status;
  }
}

interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

const JSON_TYPE = 'application/json';
/** Long, since compilers may use all cores meanwhile. */
const RESPONSE_MS = 120_000;

/**
 * The Kubernetes API over plain HTTP. A client library would hide what the lab checks: warnings, status codes, the
 * bytes of a request.
 */
export class Api {
  readonly access: Access;
  private readonly agent: Agent;
  private readonly resources = new Map<string, Map<string, Resource>>();

  constructor(access: Access) {
    this.access = access;
    this.agent = new Agent({ keepAlive: true, maxSockets: 16, ca: access.ca });
  }

  /** One request. @throws Error if there is no response within two minutes */
  call(method: string, path: string, body?: unknown, type = JSON_TYPE): Promise<ApiResponse> {
    const data = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const req = request(
        `${this.access.server}${path}`,
        { agent: this.agent, method, headers: this.headers(data && type) },
        (res) => {
          const parts: Buffer[] = [];
          res.on('data', (part: Buffer) => parts.push(part));
          res.on('error', reject);
          res.on('end', () =>
            resolve({
              status: res.statusCode ?? 0,
              body: parsed(Buffer.concat(parts).toString()),
              warnings: warningsOf(res.headers['warning']),
            }),
          );
        },
      );
      req.on('error', reject);
      req.setTimeout(RESPONSE_MS, () =>
        req.destroy(new Error(`${method} ${path}: no response within ${RESPONSE_MS / 1000} s`)),
      );
      req.end(data);
    });
  }

  /** The object or list at a path, or undefined if there is none. @throws ApiError for any other status */
  async get<T = Live>(path: string): Promise<T | undefined> {
    const response = await this.call('GET', path);
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw new ApiError(`GET ${path}`, response);
    return response.body as T;
  }

  /** Items of a list; empty if the kind is not served. */
  async list<T extends Manifest = Live>(path: string): Promise<T[]> {
    const body = await this.get<{ items: T[]; apiVersion: string; kind: string }>(path);
    return (body?.items ?? []).map((item) => ({
      ...item,
      apiVersion: item.apiVersion ?? body?.apiVersion,
      kind: item.kind ?? body?.kind.replace(/List$/, ''),
    }));
  }

  /** Server-side apply; the caller checks the response. */
  async tryApply(manifest: Manifest, { manager, force = true, dryRun = false }: ApplyOptions): Promise<ApiResponse> {
    const query = `fieldManager=${manager}&force=${force}&fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
    return this.call('PATCH', `${await this.pathOf(manifest)}?${query}`, manifest, 'application/apply-patch+yaml');
  }

  /** Server-side apply. @throws ApiError if it is refused */
  async apply(manifest: Manifest, options: ApplyOptions): Promise<void> {
    const response = await this.tryApply(manifest, options);
    if (response.status >= 300)
      throw new ApiError(
        `apply ${manifest.kind} ${manifest.metadata.namespace ?? ''}/${manifest.metadata.name}`,
        response,
      );
  }

  /** A merge patch; 404 and 409 are left to the caller's next reconciliation. @throws ApiError for any other error */
  async merge(path: string, patch: unknown): Promise<ApiResponse> {
    const response = await this.call('PATCH', path, patch, 'application/merge-patch+json');
    if (response.status >= 300 && response.status !== 404 && response.status !== 409)
      throw new ApiError(`PATCH ${path}`, response);
    return response;
  }

  /** Path of an object, from API discovery. @throws Error if the kind is not served */
  async pathOf({ apiVersion, kind, metadata }: Manifest): Promise<string> {
    const { plural, namespaced } = await this.resource(apiVersion, kind);
    const scope = namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${base(apiVersion)}${scope}/${plural}/${metadata.name}`;
  }

  /** Whether the kind is served; discovery is repeated if it was not before. */
  async serves(apiVersion: string, kind: string): Promise<boolean> {
    return this.resource(apiVersion, kind).then(
      () => true,
      () => false,
    );
  }

  /**
   * Lists and watches a path until the signal aborts. Starts over after the server was unavailable, and waits for kinds
   * that are not served yet.
   *
   * @param replace called with the whole list each time it is read
   * @param change called with each object that was added, modified or deleted since
   */
  async follow(
    path: string,
    signal: AbortSignal,
    replace: (items: Live[]) => void,
    change: (type: 'PUT' | 'DELETE', item: Live) => void,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        const list = await this.get<{
          items: Live[];
          apiVersion: string;
          kind: string;
          metadata: { resourceVersion: string };
        }>(path);
        if (list) {
          const named = { apiVersion: list.apiVersion, kind: list.kind.replace(/List$/, '') };
          replace(list.items.map((item) => ({ ...named, ...item })));
          await this.watch(
            `${path}?watch=1&allowWatchBookmarks=true&resourceVersion=${list.metadata.resourceVersion}`,
            signal,
            change,
          );
        }
      } catch {
        // The server is unavailable or the watch expired: the next list has what was missed.
      }
      await pause(500, signal);
    }
  }

  /** Drops cached discovery, as after the server was replaced. */
  forget(): void {
    this.resources.clear();
  }

  /** Closes idle connections. */
  close(): void {
    this.agent.destroy();
  }

  private watch(
    path: string,
    signal: AbortSignal,
    change: (type: 'PUT' | 'DELETE', item: Live) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      // A separate connection: a watch would block one of the agent's for hours.
      const req = request(
        `${this.access.server}${path}`,
        { agent: false, ca: this.access.ca, headers: this.headers(), signal },
        (res) => {
          if (res.statusCode !== 200) {
            res.resume();
            reject(new Error(`watch ${path}: ${res.statusCode}`));
            return;
          }
          let rest = '';
          res.setEncoding('utf8');
          res.on('data', (text: string) => {
            const lines = (rest + text).split('\n');
            rest = lines.pop() ?? '';
            for (const line of lines) {
              const { type, object } = JSON.parse(line) as { type: string; object: Live };
              if (type === 'ERROR') req.destroy();
              else if (type !== 'BOOKMARK') change(type === 'DELETED' ? 'DELETE' : 'PUT', object);
            }
          });
          res.on('close', resolve);
        },
      );
      req.on('error', reject);
      req.end();
    });
  }

  private headers(type?: string): Record<string, string> {
    return {
      authorization: `Bearer ${this.access.token}`,
      accept: JSON_TYPE,
      'user-agent': 'slipway-lab',
      ...(type && { 'content-type': type }),
    };
  }

  private async resource(apiVersion: string, kind: string): Promise<Resource> {
    const known = this.resources.get(apiVersion)?.get(kind);
    if (known) return known;
    const list = await this.get(base(apiVersion));
    const found = new Map<string, Resource>();
    for (const item of listAt(list, 'resources')) {
      const name = textAt(item, 'name') ?? '';
      if (!name.includes('/'))
        found.set(textAt(item, 'kind') ?? '', {
          plural: name,
          namespaced: (item as { namespaced?: boolean }).namespaced === true,
        });
    }
    this.resources.set(apiVersion, found);
    const resource = found.get(kind);
    if (!resource) throw new Error(`${apiVersion} ${kind} is not served`);
    return resource;
  }
}

/** Resolves after some milliseconds, or immediately when the signal aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}

/**
 * Polls until the condition is true, the time has passed or the signal aborts; a condition that throws is not true.
 *
 * @returns whether it became true
 */
export async function waitFor(
  condition: () => Promise<boolean>,
  seconds: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    if (await condition().catch(() => false)) return true;
    if (Date.now() > until || signal?.aborted) return false;
    await pause(300, signal);
  }
}

function base(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Parses `299 - "text"`; a header may have several. */
function warningsOf(header: string | undefined): string[] {
  return [...(header ?? '').matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) =>
    text.replaceAll(/\\(.)/g, '$1'),
  );
}
