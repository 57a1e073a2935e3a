import { at, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { labelsIn, selectsLabels } from '../../../lib/selector.ts';
import type { Snapshot } from '../../change.ts';

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'];
const WEBHOOKS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];

/** A Service that an object calls, and the port's name or number. */
interface Call {
  readonly service: unknown;
  readonly port: string;
}

const call = (service: unknown, port: unknown): Call => ({ service, port: String(port) });

/** What objects of a kind call. Monitors select Services by labels instead. */
const CALLS: Readonly<Record<string, (manifest: Manifest) => readonly Call[]>> = {
  ...Object.fromEntries(
    ROUTES.map((kind) => [
      kind,
      (manifest: Manifest) =>
        listAt(manifest, 'spec', 'rules')
          .flatMap((rule) => listAt(rule, 'backendRefs'))
          .map((ref) => call(ref, at(ref, 'port'))),
    ]),
  ),
  ...Object.fromEntries(
    WEBHOOKS.map((kind) => [
      kind,
      (manifest: Manifest) =>
        listAt(manifest, 'webhooks')
          .map((hook) => at(hook, 'clientConfig', 'service'))
          .map((service) => call(service, at(service, 'port') ?? 443)),
    ]),
  ),
  APIService: (manifest) => {
    const service = at(manifest, 'spec', 'service');
    return [call(service, at(service, 'port') ?? 443)];
  },
  Ingress: (manifest) =>
    [
      at(manifest, 'spec', 'defaultBackend'),
      ...listAt(manifest, 'spec', 'rules')
        .flatMap((rule) => listAt(rule, 'http', 'paths'))
        .map((path) => at(path, 'backend')),
    ].map((backend) => {
      const service = at(backend, 'service');
      return call(service, at(service, 'port', 'name') ?? at(service, 'port', 'number'));
    }),
};

/** The namespaces that a monitor looks in; undefined for all. */
function monitored(monitor: Manifest): readonly unknown[] | undefined {
  const namespaces = at(monitor, 'spec', 'namespaceSelector');
  if (at(namespaces, 'any') === true) return undefined;
  const names = listAt(namespaces, 'matchNames');
  return names.length > 0 ? names : [monitor.metadata.namespace];
}

/** True if a monitor looks at an object with these labels in this namespace. */
export function isMonitored(monitor: Manifest, namespace: string | undefined, labels: unknown): boolean {
  return (
    (monitored(monitor)?.includes(namespace) ?? true) &&
    selectsLabels(at(monitor, 'spec', 'selector') ?? {}, labelsIn(labels))
  );
}

/** The objects that call a port of a Service. */
export function portUsersOf(service: Manifest, port: string, snapshot: Snapshot): string[] {
  const { name, namespace } = service.metadata;
  const callers = Object.entries(CALLS).flatMap(([kind, calls]) =>
    snapshot
      .ofKind(kind)
      .filter(({ manifest }) =>
        calls(manifest).some(
          (one) =>
            one.port === port &&
            textAt(one.service, 'name') === name &&
            (textAt(one.service, 'namespace') ?? manifest.metadata.namespace) === namespace,
        ),
      ),
  );
  const monitors = snapshot
    .ofKind('ServiceMonitor')
    .filter(
      ({ manifest }) =>
        isMonitored(manifest, namespace, service.metadata.labels) &&
        listAt(manifest, 'spec', 'endpoints').some((endpoint) => textAt(endpoint, 'port') === port),
    );
  return [...callers, ...monitors].map(({ manifest }) => label(manifest));
}
