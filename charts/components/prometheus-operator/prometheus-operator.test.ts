import { describe, expect, it } from 'vitest';
import { newestUpstream } from '../../../test/lib/upstream.ts';
import { Component } from '../../component.ts';
import { at, listAt, type Manifest } from '../../lib/manifest.ts';
import { manifestsOf } from '../../render/manifests.ts';
import { PrometheusOperator, type PrometheusOperatorProps } from './prometheus-operator.ts';

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

const operator = (props: Partial<PrometheusOperatorProps> = {}): PrometheusOperator =>
  new PrometheusOperator({
    images: { server: 'prometheus-operator:v0.93.0', reloader: 'prometheus-config-reloader:v0.93.0' },
    upstream: newestUpstream('prometheus-operator'),
    servers: { prometheus: 'prometheus', alertmanager: 'alertmanager' },
    ...props,
  });

/** `group/resource: verbs` of every resource of a role. */
const rightsOf = (role: Manifest | undefined): Record<string, readonly unknown[]> =>
  Object.fromEntries(
    listAt(role, 'rules').flatMap((rule) =>
      listAt(rule, 'apiGroups').flatMap((group) =>
        listAt(rule, 'resources').map((resource) => [`${String(group)}/${String(resource)}`, listAt(rule, 'verbs')]),
      ),
    ),
  );

const objects = objectsOf(operator());
const inCluster = rightsOf(objects['ClusterRole/prometheus-operator']);
const server = objectsOf(new Servers(operator()));
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
    const namespaces = argsOf(objectsOf(operator({ servers: { prometheus: 'prometheus' } })))
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
