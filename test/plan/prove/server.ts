import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';
import { Api, ApiError, type ApiResponse, waitFor } from '../../lab/api.ts';
import { type Kit, kit } from '../../lab/build.ts';
import { ControlPlane, readManifests } from '../../lab/control-plane.ts';
import { Authority } from '../../lab/pki.ts';
import { Processes } from '../../lab/processes.ts';
import { statusOf } from './fixtures.ts';

/** Argo CD's field manager. */
const MANAGER = 'argocd-controller';

/** What the API server answers to an edit, of which nothing is stored. */
export type Answer =
  | { readonly outcome: 'accepted'; readonly stored: Manifest; readonly result: Manifest }
  /** `atCreation`: it refuses the object under a new name too. */
  | { readonly outcome: 'refused'; readonly message: string; readonly atCreation: boolean };

/** etcd and kube-apiserver on loopback, with the definitions of custom resources: no controller changes anything. */
export class ProofServer {
  private readonly stored = new Map<Manifest, Manifest>();
  private readonly processes: Processes;
  private readonly api: Api;

  private constructor(processes: Processes, { api }: ControlPlane) {
    this.processes = processes;
    this.api = api;
  }

  /** Starts both; the caller must stop them. */
  static async start(say: (line: string) => void): Promise<ProofServer> {
    const programs: Kit = await kit({ say, programs: ['etcd', 'kube-apiserver'] });
    const folder = mkdtempSync(join(tmpdir(), 'slipway-prove-'));
    mkdirSync(join(folder, 'logs'), { mode: 0o700 });
    const processes = new Processes(folder);
    const authority = new Authority(join(folder, 'pki'));
    // Nothing listens there: no pod is reached from here, and webhooks are stored when nothing else is asked any more.
    const network = 'https://127.0.0.1:9';
    const plane = await ControlPlane.create({ folder, kit: programs, authority, processes, network });
    const server = new ProofServer(processes, plane);
    try {
      await plane.serve();
      await waitFor(async () => (await plane.api.get('/api/v1/namespaces/default')) !== undefined, 30);
      const definitions = programs.upstreams.flatMap((upstream) => readManifests(upstream.folder));
      await plane.define(definitions, MANAGER);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.api.close();
    await this.processes.stop();
  }

  /** Stores an object, with what its controller would write. @throws ApiError if it is refused */
  async store(manifest: Manifest): Promise<void> {
    await waitFor(() => this.api.serves(manifest.apiVersion, manifest.kind), 30);
    await this.api.apply(manifest, { manager: MANAGER });
    const path = await this.api.pathOf(manifest);
    const status = statusOf(manifest);
    if (status) await this.api.merge(`${path}/status`, { status });
    if (manifest.kind === 'CustomResourceDefinition')
      await waitFor(
        async () => JSON.stringify(await this.api.get(path)).includes('"NamesAccepted","status":"True"'),
        30,
      );
    await this.complete(manifest);
  }

  /** Lets the API server complete an object, without storing it. @throws ApiError if it is refused */
  async complete(manifest: Manifest): Promise<void> {
    const response = await this.tried(manifest);
    if (response.status >= 300) throw new ApiError(`apply ${manifest.kind} ${manifest.metadata.name}`, response);
    this.stored.set(manifest, response.body as Manifest);
  }

  /** The object as the API server completes it. */
  live(manifest: Manifest): Manifest {
    const found = this.stored.get(manifest);
    if (!found) throw new Error(`${manifest.kind} ${manifest.metadata.name} is not stored`);
    return found;
  }

  /** What the API server would make of the change of a stored object. */
  async ask(before: Manifest, after: Manifest): Promise<Answer> {
    const { status, body } = await this.tried(after);
    if (status < 300) return { outcome: 'accepted', stored: this.live(before), result: body as Manifest };
    const created = await this.tried(renamed(after, this.live(before)));
    return {
      outcome: 'refused',
      message: textAt(body, 'message') ?? String(status),
      atCreation: created.status >= 300,
    };
  }

  private async tried(manifest: Manifest): Promise<ApiResponse> {
    const response = await this.api.tryApply(manifest, { manager: MANAGER, dryRun: true });
    // It answers 500, too, to an object of which it can make nothing.
    const isRefused = /^failed to (create typed|convert) /.test(textAt(response.body, 'message') ?? '');
    if (response.status >= 500 && !isRefused)
      throw new ApiError(`apply ${manifest.kind} ${manifest.metadata.name}`, response);
    return response;
  }
}

/** Kinds whose names follow from their fields: with another group they are other objects. */
const NAMED_BY_FIELDS: Readonly<Record<string, (spec: unknown, group: string) => string>> = {
  CustomResourceDefinition: (spec, group) => `${String(at(spec, 'names', 'plural'))}.${group}`,
  APIService: (spec, group) => `${String(at(spec, 'version'))}.${group}`,
};

/** The object as another one: what only one object can have is left out. */
function renamed(manifest: Manifest, live: Manifest): Manifest {
  const copy = structuredClone(manifest) as Manifest & { spec?: Record<string, unknown> };
  const named = NAMED_BY_FIELDS[copy.kind];
  const group = `other.${String(copy.spec?.['group'])}`;
  if (copy.kind === 'Service') withoutAllocated(copy.spec ?? {}, live);
  if (!named) return { ...copy, metadata: { ...copy.metadata, name: 'prove-creation' } };
  const spec = { ...copy.spec, group };
  return { ...copy, spec, metadata: { ...copy.metadata, name: named(spec, group) } };
}

/** Addresses and ports that the stored Service has. */
function withoutAllocated(spec: Record<string, unknown>, live: Manifest): void {
  if (spec['clusterIP'] === at(live, 'spec', 'clusterIP') && spec['clusterIP'] !== 'None') {
    delete spec['clusterIP'];
    delete spec['clusterIPs'];
  }
  if (spec['healthCheckNodePort'] === at(live, 'spec', 'healthCheckNodePort')) delete spec['healthCheckNodePort'];
  const taken = new Set(listAt(live, 'spec', 'ports').map((port) => at(port, 'nodePort')));
  for (const port of (spec['ports'] ?? []) as Record<string, unknown>[])
    if (taken.has(port['nodePort'])) delete port['nodePort'];
}
