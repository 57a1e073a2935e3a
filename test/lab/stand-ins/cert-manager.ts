import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';
import { conditionOf } from '../kubelet.ts';
import type { Live } from '../api.ts';
import type { Kind } from '../mirror.ts';
import type { Authority } from '../pki.ts';
import { type Cluster, runs, setConditions, type StandIn } from './stand-in.ts';

const READY = { type: 'Ready', status: 'True', reason: 'Ready', message: '' } as const;

/**
 * cert-manager without a certificate authority on the Internet: every certificate is signed by the lab's own authority.
 * The injector is played as well: what asks for an authority by annotation gets it, by an update, as from the real one.
 */
export class CertManagerStandIn implements StandIn {
  readonly name = 'cert-manager';
  private readonly cluster: Cluster;
  private readonly authority: Authority;

  constructor(cluster: Cluster, authority: Authority) {
    this.cluster = cluster;
    this.authority = authority;
  }

  async work(): Promise<void> {
    const { mirror } = this.cluster;
    if (runs(mirror, 'cert-manager-webhook:')) await this.webhookAuthority();
    if (runs(mirror, 'cert-manager-controller:')) await this.issue();
    if (runs(mirror, 'cert-manager-cainjector:')) for (const kind of ['validating', 'mutating', 'apiServices'] as const) for (const object of mirror.all(kind)) await this.inject(kind, object);
  }

  private async issue(): Promise<void> {
    const { mirror } = this.cluster;
    for (const kind of ['issuers', 'clusterIssuers'] as const) for (const issuer of mirror.all(kind)) await setConditions(this.cluster, kind, issuer, [READY]);
    for (const certificate of mirror.all('certificates')) {
      const { namespace } = certificate.metadata;
      const kind = textAt(certificate, 'spec', 'issuerRef', 'kind') === 'ClusterIssuer' ? 'clusterIssuers' : 'issuers';
      const issuer = mirror.one(kind, kind === 'issuers' ? namespace : undefined, textAt(certificate, 'spec', 'issuerRef', 'name') ?? '');
      if (!issuer || conditionOf(issuer, 'Ready') !== 'True') continue;
      const host = textAt(certificate, 'spec', 'dnsNames', 0) ?? textAt(certificate, 'spec', 'commonName') ?? certificate.metadata.name;
      await this.secret(namespace, textAt(certificate, 'spec', 'secretName') ?? '', host);
      await setConditions(this.cluster, 'certificates', certificate, [READY]);
    }
  }

  /** The webhook makes its own authority when it starts. */
  private async webhookAuthority(): Promise<void> {
    for (const deployment of this.cluster.mirror.all('deployments')) {
      const args = listAt(deployment, 'spec', 'template', 'spec', 'containers', 0, 'args').map(String);
      const name = args.find((arg) => arg.startsWith('--dynamic-serving-ca-secret-name='))?.split('=')[1];
      if (name) await this.secret(deployment.metadata.namespace, name, 'cert-manager-webhook');
    }
  }

  private async secret(namespace: string | undefined, name: string, host: string): Promise<void> {
    if (this.cluster.mirror.one('secrets', namespace, name)) return;
    const { cert, key } = this.authority.serving(host);
    const data = { 'tls.crt': cert, 'tls.key': key, 'ca.crt': this.authority.cert };
    const encoded = Object.fromEntries(Object.entries(data).map(([file, text]) => [file, Buffer.from(text).toString('base64')]));
    await this.cluster.api.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'kubernetes.io/tls', data: encoded }, { manager: 'cert-manager-certificates-issuing' });
  }

  private async inject(kind: Kind, object: Live): Promise<void> {
    const { api, mirror } = this.cluster;
    const annotations = object.metadata.annotations ?? {};
    const [namespace, name = ''] = (annotations['cert-manager.io/inject-ca-from'] ?? annotations['cert-manager.io/inject-ca-from-secret'] ?? '').split('/');
    if (!namespace) return;
    const secret = annotations['cert-manager.io/inject-ca-from'] ? textAt(mirror.one('certificates', namespace, name), 'spec', 'secretName') : name;
    const caBundle = textAt(mirror.one('secrets', namespace, secret ?? ''), 'data', 'ca.crt');
    if (!caBundle) return;
    const webhooks = listAt(object, 'webhooks') as readonly { readonly clientConfig: { readonly caBundle?: string } }[];
    const has = kind === 'apiServices' ? textAt(object, 'spec', 'caBundle') === caBundle : webhooks.every((webhook) => webhook.clientConfig.caBundle === caBundle);
    if (has) return;
    const changed =
      kind === 'apiServices'
        ? { ...object, spec: { ...(at(object, 'spec') as object), caBundle } }
        : { ...object, webhooks: webhooks.map((webhook) => ({ ...webhook, clientConfig: { ...webhook.clientConfig, caBundle } })) };
    await api.call('PUT', `${mirror.path(kind, object)}?fieldManager=cert-manager-cainjector`, { ...changed, metadata: { ...object.metadata, managedFields: undefined } });
  }
}
