import { at, groupOf, identity, isClusterScoped, listAt, type Manifest, resourceOf, textAt } from '../lib/manifest.ts';

/** Something an object relies on, found in its manifest. */
export interface Need {
  /** What is needed: an object's identity, or a capability such as `crd:cert-manager.io/issuers`. */
  readonly wants: string;
  /** The need in words: `Secret mongo/mongo-users`. */
  readonly says: string;
  /** Where the manifest says so. */
  readonly path: string;
  /**
   * `before`: it fails, or restarts in vain, until the need is met; makes an order.
   * `eventually`: it copes until then; somebody must provide it all the same.
   * `ifAny`: comes after whoever provides it, and does without if nobody does.
   */
  readonly when: 'before' | 'eventually' | 'ifAny';
  /** True if the other object need only exist, not be healthy. */
  readonly existing?: boolean;
  /** Key of a Secret or ConfigMap that must be among those it has. */
  readonly key?: string;
}

/** Names of capabilities that are not objects. */
export const capability = {
  crd: (group: string, resource: string) => `crd:${group}/${resource}`,
  controller: (group: string, resource: string) => `controller:${group}/${resource}`,
  admission: (group: string, resource: string) => `admission:${group}/${resource}`,
  api: (group: string) => `api:${group}`,
  remoteSecret: (key: string) => `remote-secret:${key}`,
};

const EXTERNAL_SECRETS = 'external-secrets.io';
const GATEWAY_API = 'gateway.networking.k8s.io';

/** All that one object relies on. */
export function needsOf(manifest: Manifest): Need[] {
  const group = groupOf(manifest);
  const reader = READERS[`${group}/${manifest.kind}`];
  return [...generalNeeds(manifest, group), ...(reader ? reader(manifest) : []), ...podNeeds(manifest)];
}

/** The pod specification of a workload and where it stands, or undefined for what has no pods. */
export function podSpecOf(manifest: Manifest): { readonly spec: unknown; readonly labels: unknown; readonly path: string } | undefined {
  const path = POD_TEMPLATES[`${groupOf(manifest)}/${manifest.kind}`];
  if (!path) return undefined;
  return { spec: at(manifest, ...path, 'spec'), labels: at(manifest, ...path, 'metadata', 'labels'), path: [...path, 'spec'].join('.') };
}

const POD_TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [],
  'apps/Deployment': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** Groups that every API server has. */
const BUILT_IN = new Set([
  '', 'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'apps', 'autoscaling', 'batch',
  'certificates.k8s.io', 'coordination.k8s.io', 'discovery.k8s.io', 'events.k8s.io', 'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io', 'node.k8s.io', 'policy', 'rbac.authorization.k8s.io', 'scheduling.k8s.io', 'storage.k8s.io',
]);

function generalNeeds(manifest: Manifest, group: string): Need[] {
  const { kind, metadata } = manifest;
  const needs: Need[] = [];
  if (metadata.namespace) needs.push(object('', 'Namespace', undefined, metadata.namespace, 'metadata.namespace'));
  const resource = resourceOf(kind);
  if (!BUILT_IN.has(group)) {
    needs.push(
      { wants: capability.crd(group, resource), says: `the custom resource definition of ${kind} (${group})`, path: 'kind', when: 'before' },
      { wants: capability.controller(group, resource), says: `the controller of ${kind}`, path: 'kind', when: 'ifAny' },
    );
  }
  needs.push({ wants: capability.admission(group, resource), says: `the admission webhook of ${kind}`, path: 'kind', when: 'ifAny' });
  return needs;
}

function podNeeds(manifest: Manifest): Need[] {
  const pod = podSpecOf(manifest);
  if (!pod) return [];
  const namespace = manifest.metadata.namespace;
  const { spec, path } = pod;
  return [
    ...named(spec, ['serviceAccountName'], '', 'ServiceAccount', namespace, path),
    ...named(spec, ['priorityClassName'], 'scheduling.k8s.io', 'PriorityClass', undefined, path),
    ...named(spec, ['runtimeClassName'], 'node.k8s.io', 'RuntimeClass', undefined, path),
    ...each(spec, 'imagePullSecrets', path, (item, here) => named(item, ['name'], '', 'Secret', namespace, here)),
    ...each(spec, 'volumes', path, (volume, here) => volumeNeeds(volume, namespace, here)),
    ...['initContainers', 'containers'].flatMap((list) => each(spec, list, path, (c, here) => containerNeeds(c, namespace, here))),
  ];
}

function volumeNeeds(volume: unknown, namespace: string | undefined, path: string): Need[] {
  const projected = listAt(volume, 'projected', 'sources');
  return [
    ...data(volume, 'secret', 'Secret', 'secretName', namespace, path),
    ...data(volume, 'configMap', 'ConfigMap', 'name', namespace, path),
    ...projected.flatMap((source, i) => [
      ...data(source, 'secret', 'Secret', 'name', namespace, `${path}.projected.sources[${i}]`),
      ...data(source, 'configMap', 'ConfigMap', 'name', namespace, `${path}.projected.sources[${i}]`),
    ]),
    ...named(volume, ['persistentVolumeClaim', 'claimName'], '', 'PersistentVolumeClaim', namespace, path),
  ];
}

/** A volume's Secret or ConfigMap, with the keys that it picks. */
function data(source: unknown, field: string, kind: string, nameField: string, namespace: string | undefined, path: string): Need[] {
  const name = textAt(source, field, nameField);
  if (!name || at(source, field, 'optional') === true) return [];
  const whole = object('', kind, namespace, name, `${path}.${field}`);
  const keys = listAt(source, field, 'items').map((item) => textAt(item, 'key'));
  return keys.length === 0 ? [whole] : keys.map((key, i) => ({ ...whole, key, path: `${path}.${field}.items[${i}].key` }));
}

function containerNeeds(container: unknown, namespace: string | undefined, path: string): Need[] {
  return [
    ...each(container, 'env', path, (env, here) => [
      ...keyRef(env, 'secretKeyRef', 'Secret', namespace, here),
      ...keyRef(env, 'configMapKeyRef', 'ConfigMap', namespace, here),
    ]),
    ...each(container, 'envFrom', path, (source, here) => [
      ...data(source, 'secretRef', 'Secret', 'name', namespace, here),
      ...data(source, 'configMapRef', 'ConfigMap', 'name', namespace, here),
    ]),
  ];
}

function keyRef(env: unknown, field: string, kind: string, namespace: string | undefined, path: string): Need[] {
  const name = textAt(env, 'valueFrom', field, 'name');
  if (!name || at(env, 'valueFrom', field, 'optional') === true) return [];
  return [{ ...object('', kind, namespace, name, `${path}.valueFrom.${field}`), key: textAt(env, 'valueFrom', field, 'key') }];
}

/** What each kind refers to, beyond its namespace and its pods. */
const READERS: Readonly<Record<string, (manifest: Manifest) => Need[]>> = {
  'apps/StatefulSet': (m) => [
    ...named(m, ['spec', 'serviceName'], '', 'Service', m.metadata.namespace),
    ...listAt(m, 'spec', 'volumeClaimTemplates').flatMap((claim, i) => storageClass(claim, `spec.volumeClaimTemplates[${i}].`)),
  ],
  '/PersistentVolumeClaim': (m) => storageClass(m, ''),
  'autoscaling/HorizontalPodAutoscaler': (m) => [
    { ...byRef(m, ['spec', 'scaleTargetRef']), existing: true },
    { wants: capability.api('metrics.k8s.io'), says: 'the resource metrics API (metrics.k8s.io)', path: 'spec.metrics', when: 'before' },
  ],
  'rbac.authorization.k8s.io/RoleBinding': bindingNeeds,
  'rbac.authorization.k8s.io/ClusterRoleBinding': bindingNeeds,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhookNeeds,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhookNeeds,
  'apiregistration.k8s.io/APIService': (m) => named(m, ['spec', 'service', 'name'], '', 'Service', textAt(m, 'spec', 'service', 'namespace')),
  'networking.k8s.io/Ingress': (m) =>
    listAt(m, 'spec', 'rules').flatMap((rule, r) =>
      listAt(rule, 'http', 'paths').flatMap((path, p) =>
        named(path, ['backend', 'service', 'name'], '', 'Service', m.metadata.namespace, `spec.rules[${r}].http.paths[${p}]`),
      ),
    ),

  [`${GATEWAY_API}/Gateway`]: (m) => [
    ...named(m, ['spec', 'gatewayClassName'], GATEWAY_API, 'GatewayClass', undefined),
    ...each(m, 'spec.listeners', '', (listener, path) =>
      each(listener, 'tls.certificateRefs', path, (ref, here) =>
        named(ref, ['name'], '', 'Secret', textAt(ref, 'namespace') ?? m.metadata.namespace, here),
      ),
    ),
  ],
  [`${GATEWAY_API}/HTTPRoute`]: (m) => [
    ...each(m, 'spec.parentRefs', '', (ref, path) => gateway(ref, m.metadata.namespace, path)),
    ...each(m, 'spec.rules', '', (rule, path) =>
      each(rule, 'backendRefs', path, (ref, here) => named(ref, ['name'], '', 'Service', textAt(ref, 'namespace') ?? m.metadata.namespace, here)),
    ),
  ],

  'cert-manager.io/Certificate': (m) => [issuer(m)],
  'cert-manager.io/Issuer': (m) => issuerNeeds(m, m.metadata.namespace),
  'cert-manager.io/ClusterIssuer': (m) => issuerNeeds(m, CLUSTER_RESOURCE_NAMESPACE),

  [`${EXTERNAL_SECRETS}/ExternalSecret`]: (m) => [
    ...store(at(m, 'spec', 'secretStoreRef'), m, 'spec.secretStoreRef'),
    ...['data', 'dataFrom'].flatMap((list) =>
      each(m, `spec.${list}`, '', (item, path) => {
        const key = textAt(item, 'remoteRef', 'key') ?? textAt(item, 'extract', 'key');
        return [...(key ? [remoteSecret(key, path)] : []), ...generator(at(item, 'sourceRef', 'generatorRef'), m, `${path}.sourceRef`)];
      }),
    ),
  ],
  [`${EXTERNAL_SECRETS}/PushSecret`]: (m) => [
    ...each(m, 'spec.secretStoreRefs', '', (ref, path) => store(ref, m, path)),
    ...generator(at(m, 'spec', 'selector', 'generatorRef'), m, 'spec.selector'),
    ...named(m, ['spec', 'selector', 'secret', 'name'], '', 'Secret', m.metadata.namespace),
  ],

  'velero.io/BackupStorageLocation': (m) =>
    named(m, ['spec', 'credential', 'name'], '', 'Secret', m.metadata.namespace).map((n) => ({ ...n, key: textAt(m, 'spec', 'credential', 'key') })),
  'velero.io/Schedule': (m) => [
    ...named(m, ['spec', 'template', 'storageLocation'], 'velero.io', 'BackupStorageLocation', m.metadata.namespace),
    ...listAt(m, 'spec', 'template', 'includedNamespaces').map((name, i) => ({
      ...object('', 'Namespace', undefined, String(name), `spec.template.includedNamespaces[${i}]`),
      when: 'eventually' as const,
    })),
  ],

  'argoproj.io/Application': (m) => named(m, ['spec', 'project'], 'argoproj.io', 'AppProject', m.metadata.namespace),
};

/** Where cert-manager looks up the Secrets of ClusterIssuers: its own namespace, as its flags here say. */
const CLUSTER_RESOURCE_NAMESPACE = 'cert-manager';

function bindingNeeds(m: Manifest): Need[] {
  return [
    byRef(m, ['roleRef']),
    ...each(m, 'subjects', '', (subject, path) =>
      textAt(subject, 'kind') === 'ServiceAccount'
        ? named(subject, ['name'], '', 'ServiceAccount', textAt(subject, 'namespace'), path).map((n) => ({ ...n, when: 'eventually' as const }))
        : [],
    ),
  ];
}

function webhookNeeds(m: Manifest): Need[] {
  return each(m, 'webhooks', '', (hook, path) =>
    named(hook, ['clientConfig', 'service', 'name'], '', 'Service', textAt(hook, 'clientConfig', 'service', 'namespace'), path),
  );
}

function storageClass(claim: unknown, prefix: string): Need[] {
  return named(claim, ['spec', 'storageClassName'], 'storage.k8s.io', 'StorageClass', undefined, prefix.replace(/\.$/, ''));
}

function issuer(m: Manifest): Need {
  const kind = textAt(m, 'spec', 'issuerRef', 'kind') ?? 'Issuer';
  return object('cert-manager.io', kind, m.metadata.namespace, textAt(m, 'spec', 'issuerRef', 'name') ?? '', 'spec.issuerRef');
}

function issuerNeeds(m: Manifest, secretsIn: string | undefined): Need[] {
  return [
    ...named(m, ['spec', 'ca', 'secretName'], '', 'Secret', secretsIn),
    ...each(m, 'spec.acme.solvers', '', (solver, path) =>
      each(solver, 'http01.gatewayHTTPRoute.parentRefs', path, (ref, here) =>
        // Read when a challenge comes, not when the issuer registers.
        gateway(ref, undefined, here).map((n) => ({ ...n, when: 'eventually' as const })),
      ),
    ),
  ];
}

function gateway(ref: unknown, ownNamespace: string | undefined, path: string): Need[] {
  if ((textAt(ref, 'kind') ?? 'Gateway') !== 'Gateway') return [];
  const section = textAt(ref, 'sectionName');
  return named(ref, ['name'], GATEWAY_API, 'Gateway', textAt(ref, 'namespace') ?? ownNamespace, path).map((n) => ({ ...n, key: section }));
}

function store(ref: unknown, m: Manifest, path: string): Need[] {
  const name = textAt(ref, 'name');
  return name ? [object(EXTERNAL_SECRETS, textAt(ref, 'kind') ?? 'SecretStore', m.metadata.namespace, name, path)] : [];
}

function generator(ref: unknown, m: Manifest, path: string): Need[] {
  const name = textAt(ref, 'name');
  return name ? [object(`generators.${EXTERNAL_SECRETS}`, textAt(ref, 'kind') ?? '', m.metadata.namespace, name, `${path}.generatorRef`)] : [];
}

function remoteSecret(key: string, path: string): Need {
  return { wants: capability.remoteSecret(key), says: `the secret "${key}" of the cluster's secret store`, path, when: 'before' };
}

/** A reference with apiVersion or apiGroup, kind and name, in the object's own namespace. */
function byRef(m: Manifest, path: readonly string[]): Need {
  const ref = at(m, ...path);
  const group = textAt(ref, 'apiGroup') ?? groupOf({ apiVersion: textAt(ref, 'apiVersion') ?? '' });
  return object(group, textAt(ref, 'kind') ?? '', m.metadata.namespace, textAt(ref, 'name') ?? '', path.join('.'));
}

/** A reference by name at a path, if there is one. */
function named(from: unknown, path: readonly string[], group: string, kind: string, namespace: string | undefined, base = ''): Need[] {
  const name = textAt(from, ...path);
  return name ? [object(group, kind, namespace, name, [base, ...path].filter(Boolean).join('.'))] : [];
}

function object(group: string, kind: string, namespace: string | undefined, name: string, path: string): Need {
  const within = isClusterScoped(kind) ? undefined : namespace;
  return { wants: identity(group, kind, within, name), says: `${kind} ${within ? `${within}/` : ''}${name}`, path, when: 'before' };
}

/** The needs of every item of a list; `field` may be a dotted path. */
function each(from: unknown, field: string, base: string, read: (item: unknown, path: string) => Need[]): Need[] {
  return listAt(from, ...field.split('.')).flatMap((item, i) => read(item, `${base ? `${base}.` : ''}${field}[${i}]`));
}
