import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Mirror } from '../mirror.ts';
import type { KeyPair } from '../pki.ts';

/** Annotation with the simulated CPU usage of each container of a pod, for testing autoscalers. */
const CPU = 'lab.slipway/cpu';

/**
 * HTTPS handler of simulated pods that the API server calls: admission webhooks allow everything, and the metrics API
 * reports the CPU usage in a pod's annotation lab.slipway/cpu, by default 1m. The connection is real: TLS verified with
 * the injected CA, only to a ready pod.
 */
export function podHandler(mirror: Mirror): RequestListener {
  return (req, res) => {
    const [path = ''] = (req.url ?? '').split('?');
    if (path.startsWith('/apis/metrics.k8s.io')) respondWithMetrics(mirror, path, res);
    else void respondToReview(req, res);
  };
}

/** Certificate of the simulated pods of a Service (`name.namespace.svc`): that of a Secret that they mount. */
export function podCertificate(mirror: Mirror, host: string): KeyPair | undefined {
  const [name = '', namespace] = host.split('.');
  const selector = Object.entries(
    (at(mirror.one('services', namespace, name), 'spec', 'selector') ?? {}) as Readonly<Record<string, string>>,
  );
  const pod = mirror
    .all('pods')
    .find(
      ({ metadata }) =>
        selector.length > 0 &&
        metadata.namespace === namespace &&
        selector.every(([key, value]) => metadata.labels?.[key] === value),
    );
  const secret = listAt(pod, 'spec', 'volumes')
    .flatMap((volume) => mirror.one('secrets', namespace, textAt(volume, 'secret', 'secretName') ?? '') ?? [])
    .find((found) => at(found, 'data', 'tls.key') !== undefined);
  const file = (key: string): string => Buffer.from(textAt(secret, 'data', key) ?? '', 'base64').toString();
  return secret && { cert: file('tls.crt'), key: file('tls.key') };
}

async function respondToReview(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const asked = await textOf(req);
  const review: unknown = asked.startsWith('{') ? JSON.parse(asked) : undefined;
  if (textAt(review, 'kind') !== 'AdmissionReview') {
    send(res, 404, {});
    return;
  }
  send(res, 200, {
    apiVersion: textAt(review, 'apiVersion'),
    kind: 'AdmissionReview',
    response: { uid: textAt(review, 'request', 'uid'), allowed: true },
  });
}

function respondWithMetrics(mirror: Mirror, path: string, res: ServerResponse): void {
  const groupVersion = 'metrics.k8s.io/v1beta1';
  if (/\/v1beta1\/?$/.test(path)) {
    const resources = [
      ['nodes', false, 'NodeMetrics'],
      ['pods', true, 'PodMetrics'],
    ].map(([name, namespaced, kind]) => ({ name, singularName: '', namespaced, kind, verbs: ['get', 'list'] }));
    send(res, 200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources });
    return;
  }
  const [, namespace] = /\/namespaces\/([^/]+)\/pods$/.exec(path) ?? [];
  if (namespace === undefined) {
    send(res, 404, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404 });
    return;
  }
  const timestamp = new Date().toISOString();
  const items = mirror
    .all('pods')
    .filter((pod) => pod.metadata.namespace === namespace && textAt(pod, 'status', 'phase') === 'Running')
    .map((pod) => ({
      metadata: { name: pod.metadata.name, namespace, labels: pod.metadata.labels, creationTimestamp: timestamp },
      timestamp,
      window: '15s',
      containers: listAt(pod, 'spec', 'containers').map((container) => ({
        name: at(container, 'name'),
        usage: { cpu: pod.metadata.annotations?.[CPU] ?? '1m', memory: '20Mi' },
      })),
    }));
  send(res, 200, { kind: 'PodMetricsList', apiVersion: groupVersion, metadata: {}, items });
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
