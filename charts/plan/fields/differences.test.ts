import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../lib/manifest.ts';
import type { Field } from '../model.ts';
import { differencesOf } from './differences.ts';

const object = (apiVersion: string, kind: string, fields: object): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: 'a', namespace: 'a' },
  ...fields,
});
const pods = (container: object, pod: object = {}, spec: object = {}): Manifest =>
  object('apps/v1', 'Deployment', {
    spec: { ...spec, template: { spec: { containers: [{ name: 'app', image: 'a:1', ...container }], ...pod } } },
  });
const service = (spec: object): Manifest => object('v1', 'Service', { spec });
const secret = (data: object): Manifest => object('v1', 'Secret', { data });
const configMap = (data: object): Manifest => object('v1', 'ConfigMap', { data });
const RBAC = 'rbac.authorization.k8s.io/v1';
const csiDriver = (spec: object): Manifest => object('storage.k8s.io/v1', 'CSIDriver', { spec });
const job = (spec: object): Manifest => object('batch/v1', 'Job', { spec });
const policy = (spec: object): Manifest => object('networking.k8s.io/v1', 'NetworkPolicy', { spec });
const certificate = (spec: object): Manifest => object('cert-manager.io/v1', 'Certificate', { spec });

/** `~ spec.replicas`, with `=` before what has no meaning. */
const short = ({ change, path, noise }: Field): string =>
  `${noise ? '= ' : ''}${{ added: '+', removed: '-', changed: '~', reordered: '↕' }[change]} ${path}`;

const differences = (before: Manifest, after: Manifest): string[] => differencesOf(before, after).map(short);

const APP = 'spec.template.spec.containers[app]';

describe('differencesOf', () => {
  it.each<[string, Manifest, Manifest]>([
    [
      'quantities of one value',
      pods({ resources: { limits: { memory: '1Gi' } } }),
      pods({ resources: { limits: { memory: '1024Mi' } } }),
    ],
    [
      'a tenth of a CPU',
      pods({ resources: { limits: { cpu: '0.1' } } }),
      pods({ resources: { limits: { cpu: '100m' } } }),
    ],
    [
      'a number instead of its text',
      pods({ resources: { limits: { cpu: 1 } } }),
      pods({ resources: { limits: { cpu: '1' } } }),
    ],
    ['durations of one length', certificate({ duration: '90m' }), certificate({ duration: '1h30m' })],
    ['the pull policy that follows from the tag', pods({}), pods({ imagePullPolicy: 'IfNotPresent' })],
    ['the pull policy of latest', pods({ image: 'a' }), pods({ image: 'a', imagePullPolicy: 'Always' })],
    [
      'the defaults of a probe',
      pods({ livenessProbe: { tcpSocket: { port: 1 } } }),
      pods({ livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: 10, successThreshold: 1 } }),
    ],
    ['half of a default', pods({}, {}, { strategy: { rollingUpdate: { maxSurge: '25%' } } }), pods({})],
    [
      'the target of a port',
      service({ ports: [{ port: 80 }] }),
      service({ ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }] }),
    ],
    ['an empty list', pods({ args: [] }), pods({})],
    [
      'the empty text of a built-in kind for a default',
      object(RBAC, 'RoleBinding', { roleRef: { apiGroup: '', kind: 'Role', name: 'a' } }),
      object(RBAC, 'RoleBinding', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' } }),
    ],
    ['the attachment of a driver', csiDriver({}), csiDriver({ attachRequired: true, storageCapacity: false })],
    ['the retries of a Job', job({}), job({ backoffLimit: 6, completions: 1 })],
    [
      'the retries of a Job with retries of its own for each index',
      job({ backoffLimitPerIndex: 1 }),
      job({ backoffLimitPerIndex: 1, backoffLimit: 2 ** 31 - 1 }),
    ],
    [
      'the replacement of pods of a Job with a failure policy',
      job({ podFailurePolicy: { rules: [] } }),
      job({ podFailurePolicy: { rules: [] }, podReplacementPolicy: 'Failed' }),
    ],
    [
      'what a claim template is',
      object('apps/v1', 'StatefulSet', { spec: { volumeClaimTemplates: [{ metadata: { name: 'a' } }] } }),
      object('apps/v1', 'StatefulSet', {
        spec: { volumeClaimTemplates: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'a' } }] },
      }),
    ],
    ['the policy types of ingress alone', policy({}), policy({ policyTypes: ['Ingress'] })],
    [
      'the timeout of an affinity by client',
      service({ sessionAffinity: 'ClientIP' }),
      service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } }),
    ],
    [
      'a default of a custom resource',
      object('external-secrets.io/v1', 'ExternalSecret', { spec: { target: { name: 'a' } } }),
      object('external-secrets.io/v1', 'ExternalSecret', { spec: { target: { name: 'a', creationPolicy: 'Owner' } } }),
    ],
    ['empty labels', { ...service({}), metadata: { name: 'a', namespace: 'a', labels: {} } }, service({})],
    [
      'another text of YAML in a ConfigMap',
      configMap({ 'a.yaml': 'a: 1\nb: [x]\n' }),
      configMap({ 'a.yaml': '# new\na: 1\nb:\n  - x\n' }),
    ],
    ['the same bytes of a Secret', secret({ a: 'YWI=' }), secret({ a: 'YWI' })],
  ])('finds no meaning in %s', (_, before, after) => {
    for (const fields of [differencesOf(before, after), differencesOf(after, before)])
      expect(fields.every(({ noise }) => noise)).toBe(true);
  });

  it.each<[string, Manifest, Manifest, string[]]>([
    ['another value than the default', pods({}), pods({ imagePullPolicy: 'Always' }), [`+ ${APP}.imagePullPolicy`]],
    [
      'a quantity',
      pods({ resources: { limits: { memory: '1G' } } }),
      pods({ resources: { limits: { memory: '1Gi' } } }),
      [`~ ${APP}.resources.limits.memory`],
    ],
    [
      'a map that means something when it is empty',
      pods({}, { volumes: [{ name: 'v', emptyDir: {} }] }),
      pods({}, { volumes: [{ name: 'v' }] }),
      ['- spec.template.spec.volumes[v].emptyDir'],
    ],
    [
      'an argument',
      pods({ args: ['--a', '--b=1', '--c'] }),
      pods({ args: ['--a', '--b=2', '--c'] }),
      [`~ ${APP}.args[1]`],
    ],
    [
      'an argument in the middle',
      pods({ args: ['--a', '--c'] }),
      pods({ args: ['--a', '--b', '--c'] }),
      [`+ ${APP}.args[1]`],
    ],
    [
      'arguments that change places',
      pods({ args: ['--a', '--b'] }),
      pods({ args: ['--b', '--a'] }),
      [`~ ${APP}.args[0]`, `~ ${APP}.args[1]`],
    ],
    [
      'a container that is new',
      pods({}),
      pods({}, { containers: [{ name: 'app', image: 'a:1' }, { name: 'b' }] }),
      ['+ spec.template.spec.containers[b]'],
    ],
    [
      'two ports of one number',
      service({ ports: [{ port: 53, name: 'a' }] }),
      service({
        ports: [
          { port: 53, name: 'a' },
          { port: 53, protocol: 'UDP' },
        ],
      }),
      ['+ spec.ports[53/UDP]'],
    ],
    [
      'a toleration',
      pods({}, { tolerations: [{ key: 'a', operator: 'Exists' }] }),
      pods({}, { tolerations: [{ key: 'a', operator: 'Equal' }] }),
      ['~ spec.template.spec.tolerations[a].operator'],
    ],
    [
      'data in a text, in lists without names',
      configMap({ a: '{"x":[1,2,3]}' }),
      configMap({ a: '{"x":[1,3]}' }),
      ['- data.a.x[2]'],
    ],
    ['a text that is no data', configMap({ a: 'one\ntwo' }), configMap({ a: 'one\nthree' }), ['~ data.a']],
    ['JSON that only one side has', configMap({ a: '{"x":1}' }), configMap({ a: 'none' }), ['~ data.a']],
    ['a key of a Secret', secret({ a: 'YWI=' }), secret({ a: 'YWM=' }), ['~ data.a']],
    ['all data of a Secret', secret({ a: 'YWI=' }), object('v1', 'Secret', {}), ['- data.a']],
  ])('finds %s', (_, before, after, expected) => {
    expect(differences(before, after)).toEqual(expected);
  });

  it('tells an order that replaces pods from one that nobody reads', () => {
    const volumes = [
      { name: 'a', emptyDir: {} },
      { name: 'b', emptyDir: {} },
    ];
    expect(differencesOf(pods({}, { volumes }), pods({}, { volumes: volumes.toReversed() }))).toEqual([
      expect.objectContaining({ change: 'reordered', rolls: true }),
    ]);
    const names = ['a.example.com', 'b.example.com'];
    expect(differences(certificate({ dnsNames: names }), certificate({ dnsNames: names.toReversed() }))).toEqual([
      '= ↕ spec.dnsNames',
    ]);
  });

  it('shows an order of which nothing is known', () => {
    const list = [{ name: 'a' }, { name: 'b' }];
    const widget = (steps: unknown): Manifest => object('example.com/v1', 'Widget', { spec: { steps } });
    expect(differences(widget(list), widget(list.toReversed()))).toEqual(['↕ spec.steps']);
  });

  it('says of a secret value only how long it is', () => {
    const text = JSON.stringify(
      differencesOf(
        secret({ a: Buffer.from('hunter2-old').toString('base64') }),
        object('v1', 'Secret', { stringData: { b: 'hunter2-new' } }),
      ),
    );
    expect(text).toContain('8 to 15 bytes');
    expect(text).not.toMatch(/hunter2|aHVudGVy/);
  });

  it('hides the copy of a Secret that kubectl keeps in an annotation', () => {
    const applied = (value: string): Manifest => ({
      ...secret({}),
      metadata: {
        name: 'a',
        namespace: 'a',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': value },
      },
    });
    expect(JSON.stringify(differencesOf(applied('hunter2'), applied('hunter3')))).not.toContain('hunter');
    expect(JSON.stringify(differencesOf(secret({}), applied('hunter3')))).not.toContain('hunter');
  });
});
