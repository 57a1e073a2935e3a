import { describe, expect, it } from 'vitest';
import { prometheusOperator } from '../../../test/lib/prometheus-operator.ts';
import { Component } from '../../component.ts';
import { at, listAt, type Manifest, textAt } from '../../lib/manifest.ts';
import { manifestsOf } from '../../render/manifests.ts';
import type { PrometheusOperator } from './prometheus-operator.ts';

class Servers extends Component {
  constructor(operator: PrometheusOperator) {
    super('servers', { tier: 'monitoring' });
    operator.manage(this);
  }
}

const objectsOf = (component: Component): Record<string, Manifest> => {
  component.dns = [];
  return Object.fromEntries(manifestsOf(component).manifests.map((m) => [`${m.kind}/${m.metadata.name}`, m]));
};

/** `group/resource: verbs` of every resource of a role. */
const rightsOf = (role: Manifest | undefined): Record<string, readonly unknown[]> =>
  Object.fromEntries(
    listAt(role, 'rules').flatMap((rule) =>
      listAt(rule, 'apiGroups').flatMap((group) =>
        listAt(rule, 'resources').map((resource) => [`${String(group)}/${String(resource)}`, listAt(rule, 'verbs')]),
      ),
    ),
  );

const SERVERS = { prometheus: 'prometheus', alertmanager: 'alertmanager' };
const objects = objectsOf(prometheusOperator(SERVERS));
const inCluster = rightsOf(objects['ClusterRole/prometheus-operator']);
const server = objectsOf(new Servers(prometheusOperator(SERVERS)));
const inServers = rightsOf(server['Role/prometheus-operator']);

const argsOf = (rendered: Record<string, Manifest>): readonly unknown[] =>
  listAt(rendered['Deployment/prometheus-operator'], 'spec', 'template', 'spec', 'containers', 0, 'args');

describe('rights in the whole cluster', () => {
  it.each(['/secrets', '/configmaps', '/services', '/pods', 'apps/statefulsets', '/endpoints'])(
    'are none on %s',
    (resource) => {
      expect(Object.keys(inCluster)).not.toContain(resource);
    },
  );

  it('are reads of what others configure', () => {
    const kinds = [
      'podmonitors',
      'servicemonitors',
      'probes',
      'scrapeconfigs',
      'prometheusrules',
      'alertmanagerconfigs',
    ];
    for (const kind of kinds)
      expect(new Set(inCluster[`monitoring.coreos.com/${kind}`])).toEqual(new Set(['get', 'list', 'watch']));
  });

  it('include the status of servers, but neither to create nor to delete them', () => {
    for (const kind of ['alertmanagers', 'prometheuses']) {
      expect(inCluster[`monitoring.coreos.com/${kind}/status`]).toContain('update');
      for (const verb of ['create', 'delete', 'deletecollection'])
        expect(inCluster[`monitoring.coreos.com/${kind}`]).not.toContain(verb);
    }
  });

  it('are none on kinds that it does not run', () => {
    expect(Object.keys(inCluster).filter((key) => /prometheusagents|thanosrulers/.test(key))).toEqual([]);
  });
});

describe('rights in the namespaces of its servers', () => {
  it('are of its ServiceAccount', () => {
    expect(at(server['RoleBinding/prometheus-operator'], 'subjects')).toEqual([
      { kind: 'ServiceAccount', name: 'prometheus-operator', namespace: 'prometheus-operator' },
    ]);
  });

  it('are to make what servers consist of', () => {
    expect(Object.keys(inServers).toSorted()).toEqual([
      '/configmaps',
      '/pods',
      '/secrets',
      '/services',
      'apps/statefulsets',
    ]);
    for (const resource of ['/configmaps', '/secrets', 'apps/statefulsets'])
      expect(inServers[resource]).toEqual(expect.arrayContaining(['get', 'create', 'update', 'delete']));
    expect(inServers['/pods']).not.toContain('delete');
    expect(inServers['/services']).not.toContain('create');
  });
});

describe('Deployment prometheus-operator', () => {
  it('runs servers in their namespaces only, and does not read the configuration of others', () => {
    expect(argsOf(objects)).toEqual(
      expect.arrayContaining([
        '--prometheus-instance-namespaces=prometheus',
        '--alertmanager-instance-namespaces=alertmanager',
        '--alertmanager-config-namespaces=alertmanager',
        '--disable-unmanaged-prometheus-configuration=true',
        '--prometheus-config-reloader=prometheus-config-reloader:v0.93.0',
      ]),
    );
  });

  it('looks nowhere else without an Alertmanager: no namespace would mean all', () => {
    const namespaces = argsOf(objectsOf(prometheusOperator({ prometheus: 'prometheus' })))
      .map(String)
      .filter((arg) => arg.includes('namespaces='))
      .map((arg) => arg.split('=')[1]);
    expect(namespaces).toEqual(['prometheus', 'prometheus', 'prometheus']);
  });

  it('is never there twice, because it has no leader election', () => {
    expect(objects['Deployment/prometheus-operator']?.spec).toMatchObject({
      replicas: 1,
      strategy: { type: 'Recreate' },
    });
  });
});

describe('webhook', () => {
  const name = 'prometheus-operator-webhook';
  const deployment = objects[`Deployment/${name}`];
  const configuration = objects[`ValidatingWebhookConfiguration/${name}`];
  const hooks = (rendered: Record<string, Manifest>): readonly unknown[] =>
    listAt(rendered[`ValidatingWebhookConfiguration/${name}`], 'webhooks');
  const flag = (of: string): string | undefined =>
    listAt(deployment, 'spec', 'template', 'spec', 'containers', 0, 'args')
      .map(String)
      .find((arg) => arg.startsWith(`--${of}=`))
      ?.slice(of.length + 3);

  it('reviews rules of every namespace, and configuration of Alertmanager in its own', () => {
    expect(
      hooks(objects).map((hook) => [
        textAt(hook, 'clientConfig', 'service', 'path'),
        at(hook, 'namespaceSelector', 'matchLabels'),
      ]),
    ).toEqual([
      ['/admission-prometheusrules/validate', undefined],
      ['/admission-alertmanagerconfigs/validate', { 'kubernetes.io/metadata.name': 'alertmanager' }],
    ]);
  });

  it('reviews rules only without an Alertmanager', () => {
    const rendered = objectsOf(prometheusOperator({ prometheus: 'prometheus' }));
    expect(hooks(rendered).map((hook) => textAt(hook, 'name'))).toEqual(['prometheusrules.monitoring.coreos.com']);
  });

  it('stops nothing while it does not answer, within a few seconds', () => {
    for (const hook of hooks(objects)) {
      expect(textAt(hook, 'failurePolicy')).toBe('Ignore');
      expect(Number(at(hook, 'timeoutSeconds'))).toBeLessThanOrEqual(5);
    }
  });

  it('is called by the name in its certificate, which it mounts and the API server trusts', () => {
    const certificate = objects[`Certificate/${name}`];
    const service = objects[`Service/${name}`]?.metadata;
    for (const hook of hooks(objects))
      expect(at(hook, 'clientConfig', 'service')).toMatchObject({ name: service?.name, namespace: service?.namespace });
    expect(at(certificate, 'spec', 'dnsNames')).toEqual([`${service?.name}.${service?.namespace}.svc`]);
    expect(configuration?.metadata.annotations).toEqual({
      'cert-manager.io/inject-ca-from': `prometheus-operator/${certificate?.metadata.name}`,
    });
    const pod = at(deployment, 'spec', 'template', 'spec');
    expect(listAt(pod, 'volumes')).toEqual([
      { name: 'certificates', secret: { secretName: textAt(certificate, 'spec', 'secretName') } },
    ]);
    const folder = textAt(pod, 'containers', 0, 'volumeMounts', 0, 'mountPath');
    expect([flag('web.cert-file'), flag('web.key-file')]).toEqual([`${folder}/tls.crt`, `${folder}/tls.key`]);
  });

  it('permits the names that the operator permits for Prometheus 3', () => {
    expect(flag('name-validation-scheme')).toBe('utf8');
  });

  it('has neither a token nor a right', () => {
    expect(at(deployment, 'spec', 'template', 'spec', 'automountServiceAccountToken')).toBe(false);
    const subjects = Object.values(objects).flatMap((one) =>
      listAt(one, 'subjects').map((subject) => at(subject, 'name')),
    );
    expect(subjects).toEqual(['prometheus-operator']);
  });

  it('has one pod, or as many as the cluster file says, with a budget', () => {
    const more = objectsOf(prometheusOperator(SERVERS, { webhook: { replicas: 2 } }));
    expect(at(deployment, 'spec', 'replicas')).toBe(1);
    expect(at(more[`Deployment/${name}`], 'spec', 'replicas')).toBe(2);
    expect(Object.keys(more)).toContain(`PodDisruptionBudget/${name}`);
  });
});
