import { at, groupOf, listAt, type Manifest, resourceOf, textAt } from '../lib/manifest.ts';
import { podNeeds } from './pods.ts';
import { byRef, capability, each, named, type Need, object } from './reference.ts';

const EXTERNAL_SECRETS = 'external-secrets.io';
const GATEWAY_API = 'gateway.networking.k8s.io';

/** All that one object relies on. */
export function needsOf(manifest: Manifest): Need[] {
  const group = groupOf(manifest);
  const reader = READERS[`${group}/${manifest.kind}`];
  return [...generalNeeds(manifest, group), ...(reader ? reader(manifest) : []), ...podNeeds(manifest)];
}

/** Groups that every API server has. */
const BUILT_IN = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

function generalNeeds(manifest: Manifest, group: string): Need[] {
  const { kind, metadata } = manifest;
  const needs: Need[] = [];
  if (metadata.namespace) needs.push(object('', 'Namespace', undefined, metadata.namespace, 'metadata.namespace'));
  const resource = resourceOf(kind);
  if (!BUILT_IN.has(group)) {
    needs.push(
      {
        wants: capability.crd(group, resource),
        says: `the custom resource definition of ${kind} (${group})`,
        path: 'kind',
        when: 'before',
      },
      { wants: capability.controller(group, resource), says: `the controller of ${kind}`, path: 'kind', when: 'ifAny' },
    );
  }
  needs.push({
    wants: capability.admission(group, resource),
    says: `the admission webhook of ${kind}`,
    path: 'kind',
    when: 'ifAny',
  });
  return needs;
}

/** What each kind refers to, beyond its namespace and its pods. */
const READERS: Readonly<Record<string, (manifest: Manifest) => Need[]>> = {
  'apps/StatefulSet': (m) => [
    ...named(m, ['spec', 'serviceName'], '', 'Service', m.metadata.namespace),
    ...listAt(m, 'spec', 'volumeClaimTemplates').flatMap((claim, i) =>
      storageClass(claim, `spec.volumeClaimTemplates[${i}].`),
    ),
  ],
  '/PersistentVolumeClaim': (m) => storageClass(m, ''),
  'autoscaling/HorizontalPodAutoscaler': (m) => [
    { ...byRef(m, ['spec', 'scaleTargetRef']), existing: true },
    {
      wants: capability.api('metrics.k8s.io'),
      says: 'the resource metrics API (metrics.k8s.io)',
      path: 'spec.metrics',
      when: 'before',
    },
  ],
  'rbac.authorization.k8s.io/RoleBinding': bindingNeeds,
  'rbac.authorization.k8s.io/ClusterRoleBinding': bindingNeeds,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhookNeeds,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhookNeeds,
  'apiregistration.k8s.io/APIService': (m) => [
    ...named(m, ['spec', 'service', 'name'], '', 'Service', textAt(m, 'spec', 'service', 'namespace')),
    ...injectedAuthority(m),
  ],
  'networking.k8s.io/Ingress': (m) =>
    listAt(m, 'spec', 'rules').flatMap((rule, r) =>
      listAt(rule, 'http', 'paths').flatMap((path, p) =>
        named(
          path,
          ['backend', 'service', 'name'],
          '',
          'Service',
          m.metadata.namespace,
          `spec.rules[${r}].http.paths[${p}]`,
        ),
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
      each(rule, 'backendRefs', path, (ref, here) =>
        named(ref, ['name'], '', 'Service', textAt(ref, 'namespace') ?? m.metadata.namespace, here),
      ),
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
        return [
          ...(key ? [remoteSecret(key, path)] : []),
          ...generator(at(item, 'sourceRef', 'generatorRef'), m, `${path}.sourceRef`),
        ];
      }),
    ),
  ],
  [`${EXTERNAL_SECRETS}/PushSecret`]: (m) => [
    ...each(m, 'spec.secretStoreRefs', '', (ref, path) => store(ref, m, path)),
    ...generator(at(m, 'spec', 'selector', 'generatorRef'), m, 'spec.selector'),
    ...named(m, ['spec', 'selector', 'secret', 'name'], '', 'Secret', m.metadata.namespace),
  ],

  'velero.io/BackupStorageLocation': (m) =>
    named(m, ['spec', 'credential', 'name'], '', 'Secret', m.metadata.namespace).map((n) => ({
      ...n,
      key: textAt(m, 'spec', 'credential', 'key'),
    })),
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
        ? named(subject, ['name'], '', 'ServiceAccount', textAt(subject, 'namespace'), path).map((n) => ({
            ...n,
            when: 'eventually' as const,
          }))
        : [],
    ),
  ];
}

/** cert-manager copies the authority of a Certificate into the object: until that is issued, nobody trusts who answers. */
function injectedAuthority({ metadata }: Manifest): Need[] {
  const annotation = 'cert-manager.io/inject-ca-from';
  const [namespace, name] = metadata.annotations?.[annotation]?.split('/') ?? [];
  return name
    ? [object('cert-manager.io', 'Certificate', namespace, name, `metadata.annotations["${annotation}"]`)]
    : [];
}

function webhookNeeds(m: Manifest): Need[] {
  const services = each(m, 'webhooks', '', (hook, path) =>
    named(
      hook,
      ['clientConfig', 'service', 'name'],
      '',
      'Service',
      textAt(hook, 'clientConfig', 'service', 'namespace'),
      path,
    ),
  );
  return [...services, ...injectedAuthority(m)];
}

function storageClass(claim: unknown, prefix: string): Need[] {
  return named(
    claim,
    ['spec', 'storageClassName'],
    'storage.k8s.io',
    'StorageClass',
    undefined,
    prefix.replace(/\.$/, ''),
  );
}

function issuer(m: Manifest): Need {
  const kind = textAt(m, 'spec', 'issuerRef', 'kind') ?? 'Issuer';
  return object(
    'cert-manager.io',
    kind,
    m.metadata.namespace,
    textAt(m, 'spec', 'issuerRef', 'name') ?? '',
    'spec.issuerRef',
  );
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
  return named(ref, ['name'], GATEWAY_API, 'Gateway', textAt(ref, 'namespace') ?? ownNamespace, path).map((n) => ({
    ...n,
    key: section,
  }));
}

function store(ref: unknown, m: Manifest, path: string): Need[] {
  const name = textAt(ref, 'name');
  return name ? [object(EXTERNAL_SECRETS, textAt(ref, 'kind') ?? 'SecretStore', m.metadata.namespace, name, path)] : [];
}

function generator(ref: unknown, m: Manifest, path: string): Need[] {
  const name = textAt(ref, 'name');
  return name
    ? [
        object(
          `generators.${EXTERNAL_SECRETS}`,
          textAt(ref, 'kind') ?? '',
          m.metadata.namespace,
          name,
          `${path}.generatorRef`,
        ),
      ]
    : [];
}

function remoteSecret(key: string, path: string): Need {
  return {
    wants: capability.remoteSecret(key),
    says: `the secret "${key}" of the cluster's secret store`,
    path,
    when: 'before',
  };
}
