/**
 * Settings of a workload, each with what the API server makes of the pods that they describe. A setting that only
 * Slipway refuses has the reason: it is accepted, and then does not do what its author meant.
 */
export interface Sample {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly server: 'accepts' | 'refuses';
  /** Why Slipway refuses what the API server accepts. */
  readonly stricter?: string;
}

const accepted = (settings: Sample['settings']): Sample => ({ settings, server: 'accepts' });
const refused = (settings: Sample['settings']): Sample => ({ settings, server: 'refuses' });
const stricter = (reason: string, settings: Sample['settings']): Sample => ({
  settings,
  server: 'accepts',
  stricter: reason,
});

const LONG = 'a'.repeat(63);
const TOO_LONG = 'a'.repeat(64);
const DOMAIN = `${`${'a'.repeat(49)}.`.repeat(5)}com`;

const toleration = (one: unknown): Sample['settings'] => ({ tolerations: [one] });
const nodes = (requirement: unknown): Sample['settings'] => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [requirement] }] },
    },
  },
});
const nodeTerm = (term: unknown): Sample['settings'] => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } },
});
const preferred = (weight: unknown): Sample['settings'] => ({
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight, preference: { matchExpressions: [{ key: 'spot', operator: 'Exists' }] } },
      ],
    },
  },
});
const pods = (term: unknown): Sample['settings'] => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
});
const volume = (name: string, mountPath: string, more: object = { configMap: { name: 'settings' } }): object => ({
  name,
  mountPath,
  ...more,
});
const volumes = (...list: readonly object[]): Sample['settings'] => ({ volumes: list });
const item = (key: string, path: string): Sample['settings'] =>
  volumes(volume('files', '/files', { secret: { secretName: 'files', items: [{ key, path }] } }));
const field = (fieldPath: string): Sample['settings'] => ({ env: { VALUE: { fieldRef: { fieldPath } } } });

/** By what they have or lack. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  'a label': accepted({ podLabels: { team: 'edge' } }),
  'a label with a prefix': accepted({ podLabels: { 'example.com/team': 'Edge_1.x' } }),
  'a label without a value': accepted({ podLabels: { team: '' } }),
  'a label of 63 characters': accepted({ podLabels: { [LONG]: LONG } }),
  'a label with a long prefix': accepted({ podLabels: { [`${DOMAIN}/team`]: 'edge' } }),
  'a label whose key is too long': refused({ podLabels: { [TOO_LONG]: 'edge' } }),
  'a label whose value is too long': refused({ podLabels: { team: TOO_LONG } }),
  'a label with a space in its key': refused({ podLabels: { 'our team': 'edge' } }),
  'a label with a space in its value': refused({ podLabels: { team: 'the edge' } }),
  'a label with an upper-case prefix': refused({ podLabels: { 'Example.com/team': 'edge' } }),
  'a label with two slashes': refused({ podLabels: { 'example.com/a/b': 'edge' } }),
  'a label with an empty prefix': refused({ podLabels: { '/team': 'edge' } }),
  'a label with an empty name': refused({ podLabels: { 'example.com/': 'edge' } }),
  'a label whose value ends in a hyphen': refused({ podLabels: { team: 'edge-' } }),
  'a label whose key starts with a dot': refused({ podLabels: { '.team': 'edge' } }),
  'a label of the workload whose key is too long': refused({ labels: { [TOO_LONG]: 'edge' } }),
  'an annotation of any text': accepted({ podAnnotations: { 'example.com/Note': '{"a": "b c"}\n' } }),
  'an annotation with an upper-case prefix': accepted({ podAnnotations: { 'Example.com/note': 'x' } }),
  'an annotation with a space in its key': refused({ podAnnotations: { 'a note': 'x' } }),
  'an annotation whose key is too long': refused({ annotations: { [TOO_LONG]: 'x' } }),
  'annotations that are too large': refused({ podAnnotations: { note: 'x'.repeat(256 * 1024) } }),
  'a node selector': accepted({ nodeSelector: { 'kubernetes.io/arch': 'amd64' } }),
  'a node selector with a bad key': refused({ nodeSelector: { 'a/b/c': 'x' } }),
  'a node selector with a bad value': refused({ nodeSelector: { pool: 'a b' } }),

  'a toleration of everything': accepted(toleration({ operator: 'Exists' })),
  'a toleration of a value': accepted(toleration({ key: 'dedicated', value: 'edge', effect: 'NoSchedule' })),
  'a toleration for a time': accepted(
    toleration({ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }),
  ),
  'a toleration with Exists and a value': refused(toleration({ key: 'a', operator: 'Exists', value: 'b' })),
  'a toleration for a time of no eviction': refused(
    toleration({ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 60 }),
  ),
  'a toleration for a time of every effect': refused(toleration({ key: 'a', value: 'b', tolerationSeconds: 60 })),
  'a toleration without a key': refused(toleration({ operator: 'Equal', value: 'b' })),
  'a toleration of nothing': refused(toleration({})),
  'a toleration with a bad key': refused(toleration({ key: 'a b', operator: 'Exists' })),
  'a toleration with a bad value': refused(toleration({ key: 'a', value: 'b c' })),
  'a toleration with an unknown operator': refused(toleration({ key: 'a', operator: 'In', value: 'b' })),
  'a toleration with an unknown effect': refused(toleration({ key: 'a', value: 'b', effect: 'NoEviction' })),

  'nodes by values': accepted(nodes({ key: 'zone', operator: 'In', values: ['a', 'b'] })),
  'nodes by a number': accepted(nodes({ key: 'cores', operator: 'Gt', values: ['4'] })),
  'nodes by a label': accepted(nodes({ key: 'gpu', operator: 'DoesNotExist' })),
  'nodes by no values': refused(nodes({ key: 'zone', operator: 'In' })),
  'nodes by an empty list': refused(nodes({ key: 'zone', operator: 'NotIn', values: [] })),
  'nodes by a label and values': refused(nodes({ key: 'gpu', operator: 'Exists', values: ['a'] })),
  'nodes by two numbers': refused(nodes({ key: 'cores', operator: 'Lt', values: ['4', '8'] })),
  'nodes by a bad key': refused(nodes({ key: 'a b', operator: 'Exists' })),
  'nodes by a bad value': refused(nodes({ key: 'zone', operator: 'In', values: ['a b'] })),
  'nodes by an unknown operator': refused(nodes({ key: 'zone', operator: 'Equals', values: ['a'] })),
  'nodes by a word for a number': stricter('the scheduler compares integers: no node would match', {
    ...nodes({ key: 'cores', operator: 'Gt', values: ['four'] }),
  }),
  'nodes by name': accepted(nodeTerm({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] })),
  'nodes by another field': refused(
    nodeTerm({ matchFields: [{ key: 'spec.unschedulable', operator: 'In', values: ['true'] }] }),
  ),
  'nodes by two names': refused(
    nodeTerm({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }] }),
  ),
  'a term of nodes without a requirement': stricter('it matches no node', nodeTerm({})),
  'no term of nodes': refused({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
  }),
  'a weight of 100': accepted(preferred(100)),
  'a weight of 0': refused(preferred(0)),
  'a weight of 101': refused(preferred(101)),
  'pods of one zone': accepted(pods({ topologyKey: 'topology.kubernetes.io/zone', labelSelector: {} })),
  'pods of other namespaces': accepted(
    pods({
      topologyKey: 'zone',
      labelSelector: {},
      namespaces: ['other'],
      namespaceSelector: { matchLabels: { a: 'b' } },
    }),
  ),
  'pods without a topology': refused(pods({ topologyKey: '', labelSelector: {} })),
  'pods by a bad topology': refused(pods({ topologyKey: 'a b', labelSelector: {} })),
  'pods by a bad label': refused(pods({ topologyKey: 'zone', labelSelector: { matchLabels: { 'a b': 'c' } } })),
  'pods by no values': refused(
    pods({ topologyKey: 'zone', labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
  ),
  'pods by a label and values': refused(
    pods({
      topologyKey: 'zone',
      labelSelector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] },
    }),
  ),
  'pods of a bad namespace': refused(pods({ topologyKey: 'zone', labelSelector: {}, namespaces: ['Other'] })),
  'pods without a selector': stricter('it matches no pod', pods({ topologyKey: 'zone' })),
  'a priority': accepted({ priorityClassName: 'system-cluster-critical' }),
  'a bad priority': refused({ priorityClassName: 'Very_High' }),

  'requests below limits': accepted({
    resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
  }),
  'requests equal to limits': accepted({ resources: { requests: { cpu: '1000m' }, limits: { cpu: '1' } } }),
  'a CPU request above its limit': refused({ resources: { requests: { cpu: '2' }, limits: { cpu: '1500m' } } }),
  'a memory request above its limit': refused({
    resources: { requests: { memory: '1G' }, limits: { memory: '512Mi' } },
  }),
  'memory with a misspelt unit': refused({ resources: { limits: { memory: '1gi' } } }),
  'memory of thousandths': stricter('it is less than a byte', { resources: { limits: { memory: '1m' } } }),
  'memory without a unit': stricter('it is bytes', { resources: { limits: { memory: '512' } } }),
  'memory below 0': refused({ resources: { limits: { memory: '-1Gi' } } }),
  'CPU of words': refused({ resources: { limits: { cpu: 'two' } } }),
  'CPU below 0': refused({ resources: { limits: { cpu: '-1' } } }),
  'CPU of nothing': stricter('it is no limit', { resources: { limits: { cpu: '0' } } }),
  'a resource that is no resource of containers': refused({ resources: { limits: { disks: '1' } } }),

  'a variable': accepted({ env: { PAGE_SIZE: '50' } }),
  'a variable without a value': accepted({ env: { EMPTY: '' } }),
  'a variable with = in its name': refused({ env: { 'A=B': 'c' } }),
  'a variable without a name': refused({ env: { '': 'c' } }),
  'a variable that shells cannot read': stricter('shells cannot read it', { env: { 'page-size': '50' } }),
  'a variable from a Secret': accepted({ env: { A: { secretKeyRef: { name: 'smtp', key: 'pass.word-1_x' } } } }),
  'a variable from a ConfigMap': accepted({ env: { A: { configMapKeyRef: { name: 'settings', key: 'a' } } } }),
  'a variable from a bad key': refused({ env: { A: { secretKeyRef: { name: 'smtp', key: 'pass word' } } } }),
  'a variable from the key ..': refused({ env: { A: { configMapKeyRef: { name: 'settings', key: '..' } } } }),
  'a variable from an empty key': refused({ env: { A: { secretKeyRef: { name: 'smtp', key: '' } } } }),
  'a variable from a Secret of a bad name': refused({ env: { A: { secretKeyRef: { name: 'SMTP', key: 'a' } } } }),
  'a variable from a field': accepted(field('metadata.name')),
  'a variable from the addresses': accepted(field('status.podIPs')),
  'a variable from a label': accepted(field("metadata.labels['example.com/team']")),
  'a variable from an annotation': accepted(field("metadata.annotations['note']")),
  'a variable from a bad label': refused(field("metadata.labels['a b']")),
  'a variable from all labels': refused(field('metadata.labels')),
  'a variable from an unknown field': refused(field('metadata.generation')),
  'a variable from a misspelt field': refused(field('metadata.Name')),
  'a variable from an empty field': refused(field('')),

  'timings of probes': accepted({
    probes: {
      startup: { periodSeconds: 2, failureThreshold: 60 },
      liveness: { initialDelaySeconds: 0, timeoutSeconds: 5, successThreshold: 1 },
      readiness: { successThreshold: 3 },
    },
  }),
  'a liveness probe of two successes': refused({ probes: { liveness: { successThreshold: 2 } } }),
  'a startup probe of two successes': refused({ probes: { startup: { successThreshold: 2 } } }),
  'a probe below 0': refused({ probes: { readiness: { periodSeconds: -1 } } }),
  'a delay below 0': refused({ probes: { readiness: { initialDelaySeconds: -1 } } }),
  'a probe of more than 32 bits': refused({ probes: { readiness: { periodSeconds: 2 ** 31 } } }),
  'a probe of half a second': refused({ probes: { readiness: { periodSeconds: 0.5 } } }),
  'a probe without a period': stricter('0 stands for the default', { probes: { readiness: { periodSeconds: 0 } } }),

  'a volume': accepted(volumes(volume('files', '/etc/files'))),
  'a volume mounted twice': accepted(
    volumes(volume('files', '/a'), volume('files', '/b', { configMap: { name: 'settings' }, subPath: 'b' })),
  ),
  'a volume of files': accepted(item('ca.crt', 'tls/ca.crt')),
  'a CSI volume': accepted(
    volumes(volume('store', '/store', { csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true } })),
  ),
  'a volume with a bad name': refused(volumes(volume('my_files', '/files'))),
  'a volume with a long name': refused(volumes(volume(TOO_LONG, '/files'))),
  'two volumes of one name': refused(
    volumes(volume('files', '/a'), volume('files', '/b', { secret: { secretName: 'other' } })),
  ),
  'two mounts at one path': refused(volumes(volume('a', '/files'), volume('b', '/files'))),
  'a mount at no path': refused(volumes(volume('files', ''))),
  'two mounts at one place': stricter(
    'the second covers the first',
    volumes(volume('a', '/files'), volume('b', '/files/')),
  ),
  'a mount at a relative path': stricter('container runtimes differ in where it is', volumes(volume('files', 'files'))),
  'a mount at /': stricter('the image would be covered', volumes(volume('files', '/'))),
  'a mount in /proc': stricter('runc refuses it', volumes(volume('files', '/proc/files'))),
  'a mount with a colon': stricter('container runtimes split it there', volumes(volume('files', '/a:b'))),
  'a subPath with ..': refused(volumes(volume('files', '/files', { configMap: { name: 'a' }, subPath: '../a' }))),
  'an absolute subPath': refused(volumes(volume('files', '/files', { configMap: { name: 'a' }, subPath: '/a' }))),
  'a file with ..': refused(item('a', '../a')),
  'a file with .. inside': refused(item('a', 'a/../b')),
  'a file that starts with ..': refused(item('a', '..a')),
  'an absolute file': refused(item('a', '/a')),
  'a file without a path': refused(item('a', '')),
  'a file of an empty key': refused(item('', 'a')),
  'a file of a bad key': stricter('there cannot be such a key', item('a b', 'a')),
  'a volume of a ConfigMap without a name': refused(volumes(volume('files', '/files', { configMap: { name: '' } }))),
  'a volume of a ConfigMap of a bad name': stricter(
    'there cannot be such a ConfigMap',
    volumes(volume('files', '/files', { configMap: { name: 'My_Files' } })),
  ),
  'a CSI volume of a bad driver': refused(
    volumes(volume('store', '/store', { csi: { driver: 'a driver', readOnly: true } })),
  ),
  'a CSI volume of a long driver': refused(
    volumes(volume('store', '/store', { csi: { driver: TOO_LONG, readOnly: true } })),
  ),
};
