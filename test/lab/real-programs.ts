import { mkdirSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { get as getByTls } from 'node:https';
import { join } from 'node:path';
import { at, listAt, textAt } from '../../charts/lib/manifest.ts';
import type { Api, Live } from './api.ts';
import { type Adapter, adapterFor, type Credentials } from './adapters.ts';
import type { Kit } from './build.ts';
import { kubeconfig } from './kubeconfig.ts';
import { freePorts } from '../../apps/common/src/testing/free-ports.ts';
import type { Processes } from './processes.ts';

/** A local process that runs for the pods of one workload. */
interface Running {
  readonly name: string;
  /** The container spec that it was started with, as text: a change restarts it. */
  readonly container: string;
  /** Local ports by container port. */
  readonly ports: ReadonlyMap<number, number>;
  readonly probe: { readonly path: string; readonly port: number; readonly tls: boolean } | undefined;
  ready: boolean;
  since: number;
}

/**
 * Runs a workload's container as a local process if its program is built from a Go module: with the rendered arguments,
 * except for addresses, and with a token of the pod's ServiceAccount, so that missing RBAC permissions show. One
 * process per workload; further replicas are simulated.
 */
export class RealPrograms {
  private readonly folder: string;
  private readonly api: Api;
  private readonly kit: Kit;
  private readonly processes: Processes;
  private readonly environment: Readonly<Record<string, string>>;
  private readonly running = new Map<string, Running>();

  /**
   * @param folder for the programs' kubeconfig files
   * @param environment added to every program's environment, such as the lab's proxy
   */
  constructor(folder: string, api: Api, kit: Kit, processes: Processes, environment: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.api = api;
    this.kit = kit;
    this.processes = processes;
    this.environment = environment;
  }

  /** Starts programs for the pods, ends those without pods, and checks readiness. */
  async reconcile(pods: readonly Live[]): Promise<void> {
    const wanted = new Map<string, Live>();
    for (const pod of pods)
      if (this.hasProgram(pod) && newest(pod, wanted.get(workloadOf(pod)))) wanted.set(workloadOf(pod), pod);
    for (const [workload, { name }] of this.running) {
      if (wanted.has(workload)) continue;
      await this.processes.end(name);
      this.running.delete(workload);
    }
    for (const [workload, pod] of wanted) await this.reconcileOne(workload, pod);
  }

  /**
   * State of a pod with a real program: `run` if that is ready, `building` or `unbuilt` if it is not there, else `fail`;
   * undefined for a simulated pod.
   */
  stateOf(pod: Live): 'run' | 'fail' | 'building' | 'unbuilt' | undefined {
    const adapter = adapterOf(pod);
    if (!adapter) return undefined;
    const awaited = this.kit.awaited(adapter.program);
    if (awaited) return awaited;
    return this.running.get(workloadOf(pod))?.ready ? 'run' : 'fail';
  }

  /** Local port for a port of a pod, if a real program runs for it. */
  portOf(pod: Live, port: number): number | undefined {
    return this.running.get(workloadOf(pod))?.ports.get(port);
  }

  /** To be called after all programs were ended: the next pods start them with new tokens. */
  forget(): void {
    this.running.clear();
  }

  /** Running programs, for display. */
  list(): { workload: string; name: string; ports: ReadonlyMap<number, number> }[] {
    return [...this.running].map(([workload, { name, ports }]) => ({ workload, name, ports }));
  }

  private hasProgram(pod: Live): boolean {
    const adapter = adapterOf(pod);
    return adapter !== undefined && this.kit.awaited(adapter.program) === undefined;
  }

  private async reconcileOne(workload: string, pod: Live): Promise<void> {
    const container = JSON.stringify(at(pod, 'spec', 'containers', 0));
    const known = this.running.get(workload);
    if (!known || known.container !== container) {
      if (known) await this.processes.end(known.name);
      this.running.set(workload, await this.launch(workload, pod, container));
      return;
    }
    if (this.processes.pid(known.name) === undefined) {
      known.ready = false;
      // At least a second between restarts, as in a crash loop.
      if (Date.now() - known.since < 1000) return;
      await this.processes.restart(known.name);
      known.since = Date.now();
      return;
    }
    known.ready = known.probe ? await succeeds(known.probe) : Date.now() - known.since > 1000;
  }

  private async launch(workload: string, pod: Live, container: string): Promise<Running> {
    const adapter = adapterOf(pod) as Adapter;
    const spec: unknown = at(pod, 'spec', 'containers', 0);
    const declared = [
      ...new Set([...listAt(spec, 'ports').map((port) => Number(at(port, 'containerPort'))), ...(adapter.ports ?? [])]),
    ];
    const free = await freePorts(declared.length);
    const ports = new Map(declared.map((port, i) => [port, free[i] ?? 0]));
    const name = workload.replace('/', '-');
    const credentials = await this.credentials(pod);
    const mounted = await this.mounted(pod, spec, adapter, credentials);
    const env = variablesOf(pod, spec);
    const args = listAt(spec, 'args').map((arg) =>
      [...mounted].reduce(
        (text, [path, folder]) => text.replace(`=${path}/`, `=${folder}/`),
        String(arg).replaceAll(/\$\((\w+)\)/g, (whole, variable: string) => env[variable] ?? whole),
      ),
    );
    await this.processes.start(name, {
      command: this.kit.program(adapter.program),
      args: adapter.adapt(args, (port) => ports.get(port) ?? 0, credentials),
      // KUBECONFIG: not that of who runs the lab.
      env: { ...this.environment, ...env, KUBECONFIG: '', ...adapter.env?.(credentials) },
      sockets: Object.fromEntries(
        Object.entries(adapter.sockets ?? {}).map(([socket, port]) => [socket, ports.get(port) ?? 0]),
      ),
    });
    return { name, container, ports, probe: probeOf(spec, ports), ready: false, since: Date.now() };
  }

  /** Writes the ConfigMaps and Secrets that a container mounts. @returns their folders by mount path */
  private async mounted(
    pod: Live,
    container: unknown,
    adapter: Adapter,
    credentials: Credentials,
  ): Promise<ReadonlyMap<string, string>> {
    const folders = new Map<string, string>();
    for (const mount of listAt(container, 'volumeMounts')) {
      const volume = listAt(pod, 'spec', 'volumes').find((one) => textAt(one, 'name') === textAt(mount, 'name'));
      const source = sourceOf(volume);
      if (source === undefined) continue;
      const namespace = pod.metadata.namespace ?? 'default';
      const found = await this.api.get(`/api/v1/namespaces/${namespace}/${source.resource}/${source.name}`);
      const folder = join(this.folder, `${namespace}-${source.resource}-${source.name}`);
      mkdirSync(folder, { recursive: true });
      for (const [file, text] of Object.entries((at(found, 'data') ?? {}) as Record<string, string>)) {
        const content = source.decode(text);
        writeFileSync(join(folder, file), adapter.adaptFile?.(content, credentials) ?? content, { mode: 0o600 });
      }
      folders.set(textAt(mount, 'mountPath') ?? '', folder);
    }
    return folders;
  }

  /** Files with a token of the pod's ServiceAccount. */
  private async credentials(pod: Live): Promise<Credentials> {
    const namespace = pod.metadata.namespace ?? 'default';
    const account = textAt(pod, 'spec', 'serviceAccountName') ?? 'default';
    const response = await this.api.call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 7 * 86_400 },
    });
    const token = textAt(response.body, 'status', 'token');
    if (token === undefined) throw new Error(`no token for ServiceAccount ${namespace}/${account}: ${response.status}`);
    const { server, ca } = this.api.access;
    const write = (extension: string, text: string): string => {
      const file = join(this.folder, `${namespace}-${account}.${extension}`);
      writeFileSync(file, text, { mode: 0o600 });
      return file;
    };
    return {
      server,
      authority: write('crt', ca),
      token: write('token', token),
      kubeconfig: write('kubeconfig', kubeconfig({ ...this.api.access, token }, namespace)),
    };
  }
}

function adapterOf(pod: Live): Adapter | undefined {
  return adapterFor(textAt(pod, 'spec', 'containers', 0, 'image') ?? '');
}

/** Namespace and name of the Deployment that owns a pod. */
function workloadOf(pod: Live): string {
  const owner = pod.metadata.ownerReferences?.[0];
  const name = owner?.kind === 'ReplicaSet' ? owner.name.replace(/-[^-]+$/, '') : (owner?.name ?? pod.metadata.name);
  return `${pod.metadata.namespace}/${name}`;
}

/** The ConfigMap or Secret that a volume is made of. */
function sourceOf(
  volume: unknown,
): { readonly resource: string; readonly name: string; decode(text: string): string } | undefined {
  const [map, secret] = [textAt(volume, 'configMap', 'name'), textAt(volume, 'secret', 'secretName')];
  if (map !== undefined) return { resource: 'configmaps', name: map, decode: (text) => text };
  if (secret === undefined) return undefined;
  return { resource: 'secrets', name: secret, decode: (text) => Buffer.from(text, 'base64').toString() };
}

function newest(pod: Live, other: Live | undefined): boolean {
  return !other || pod.metadata.creationTimestamp > other.metadata.creationTimestamp;
}

function variablesOf(pod: Live, container: unknown): Record<string, string> {
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.namespace': pod.metadata.namespace,
    'metadata.name': pod.metadata.name,
  };
  return Object.fromEntries(
    listAt(container, 'env').flatMap((variable) => {
      const value = textAt(variable, 'value') ?? fields[textAt(variable, 'valueFrom', 'fieldRef', 'fieldPath') ?? ''];
      return value === undefined ? [] : [[textAt(variable, 'name') ?? '', value]];
    }),
  );
}

function probeOf(container: unknown, ports: ReadonlyMap<number, number>): Running['probe'] {
  const http = ['readinessProbe', 'startupProbe', 'livenessProbe']
    .map((probe) => at(container, probe, 'httpGet'))
    .find(Boolean);
  if (!http) return undefined;
  const port = at(http, 'port');
  const number =
    typeof port === 'number'
      ? port
      : Number(
          at(
            listAt(container, 'ports').find((p) => textAt(p, 'name') === port),
            'containerPort',
          ),
        );
  const tls = textAt(http, 'scheme') === 'HTTPS';
  return { path: textAt(http, 'path') ?? '/', port: ports.get(number) ?? 0, tls };
}

/** As a kubelet asks: without verifying the certificate. */
function succeeds({ path, port, tls }: NonNullable<Running['probe']>): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path, timeout: 2000, rejectUnauthorized: false };
    const req = (tls ? getByTls : get)(options, (res) => {
      res.resume();
      resolve((res.statusCode ?? 500) < 400);
    });
    req.on('timeout', () => req.destroy());
    req.on('error', () => resolve(false));
  });
}
