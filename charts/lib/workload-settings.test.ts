import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Component } from '../component.ts';
import { manifestsOf } from '../render/manifests.ts';
import { execProbe } from './container.ts';
import { Deployment, type DeploymentProps } from './deployment.ts';
import { at, type Manifest } from './manifest.ts';
import { type WorkloadSettings, workloadSettings } from './workload-settings.ts';

const SCHEMA = z.strictObject(workloadSettings('sidecar', 'prepare'));

class Thing extends Component {
  constructor(settings: WorkloadSettings, props: Partial<DeploymentProps> = {}) {
    super('thing', { tier: 'apps' });
    const resources = { cpu: '100m', cpuLimit: '500m', memory: '256Mi' };
    new Deployment(this, {
      settings,
      role: 'server',
      podLabels: { own: 'label' },
      nodeSelector: { own: 'node' },
      priorityClassName: 'high',
      volumes: [{ name: 'own', configMap: { name: 'own' } }],
      initContainers: [{ name: 'prepare', image: 'prepare:1', resources }],
      containers: [
        {
          name: 'main',
          image: 'main:1',
          env: { OWN: 'value' },
          resources,
          liveness: execProbe(['true'], { periodSeconds: 10, failureThreshold: 3 }),
          mounts: { '/own': { volume: 'own' } },
        },
        { name: 'sidecar', image: 'sidecar:1', resources: { ...resources, memoryRequest: '128Mi' } },
      ],
      ...props,
    });
  }
}

function deployment(settings: z.input<typeof SCHEMA>, props?: Partial<DeploymentProps>): Manifest {
  const found = manifestsOf(new Thing(SCHEMA.parse(settings), props)).manifests.find((m) => m.kind === 'Deployment');
  if (!found) throw new Error('no Deployment is rendered');
  return found;
}

const pod = (settings: z.input<typeof SCHEMA>): unknown => at(deployment(settings), 'spec', 'template', 'spec');
const main = (settings: z.input<typeof SCHEMA>): unknown => at(pod(settings), 'containers', 0);

describe('settings of a workload', () => {
  it('change nothing if there are none', () => {
    expect(deployment({})).toEqual(deployment({ env: {}, podLabels: {}, volumes: [], probes: {}, resources: {} }));
  });

  it('add labels and annotations of the workload and of its pods', () => {
    const changed = deployment({
      labels: { team: 'a' },
      annotations: { note: 'b' },
      podLabels: { team: 'c' },
      podAnnotations: { note: 'd' },
    });
    expect(changed.metadata).toMatchObject({ labels: { team: 'a' }, annotations: { note: 'b' } });
    expect(at(changed, 'spec', 'template', 'metadata')).toMatchObject({
      labels: { own: 'label', team: 'c' },
      annotations: { note: 'd' },
    });
    expect(at(changed, 'spec', 'selector')).toEqual(at(deployment({}), 'spec', 'selector'));
  });

  it('place its pods', () => {
    const term = { topologyKey: 'rack', labelSelector: { matchLabels: { app: 'other' } } };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    const tolerations = [{ key: 'spot', operator: 'Exists' as const }];
    expect(pod({ nodeSelector: { pool: 'a' }, tolerations, affinity, priorityClassName: 'low' })).toMatchObject({
      nodeSelector: { own: 'node', pool: 'a' },
      tolerations,
      affinity,
      priorityClassName: 'low',
    });
    // A label that the component sets too must agree.
    expect(pod({ nodeSelector: { own: 'node' } })).toMatchObject({ nodeSelector: { own: 'node' } });
  });

  it('keep the anti-affinity of the component', () => {
    const term = { topologyKey: 'rack', labelSelector: { matchLabels: { app: 'other' } } };
    const changed = deployment(
      { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
      { awayFrom: [{ app: 'database' }] },
    );
    const terms = at(changed, 'spec', 'template', 'spec', 'affinity', 'podAntiAffinity');
    expect(at(terms, 'requiredDuringSchedulingIgnoredDuringExecution')).toEqual([
      term,
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'database' } } },
    ]);
  });
});

describe('settings of a container', () => {
  const memory = (settings: z.input<typeof SCHEMA>, container = 0): unknown[] =>
    ['requests', 'limits'].map((side) => at(pod(settings), 'containers', container, 'resources', side, 'memory'));

  it('replace requests and limits one by one', () => {
    expect(at(main({ resources: { limits: { cpu: '2' } } }), 'resources')).toMatchObject({
      requests: { cpu: '100m', memory: '256Mi' },
      limits: { cpu: '2', memory: '256Mi' },
    });
  });

  it('request the limit of memory, unless the component or the settings request less', () => {
    expect(memory({ resources: { limits: { memory: '1Gi' } } })).toEqual(['1Gi', '1Gi']);
    expect(memory({ resources: { requests: { memory: '512Mi' }, limits: { memory: '1Gi' } } })).toEqual([
      '512Mi',
      '1Gi',
    ]);
    const sidecar = (limit: string): unknown[] =>
      memory({ containers: { sidecar: { resources: { limits: { memory: limit } } } } }, 1);
    expect(sidecar('1Gi')).toEqual(['128Mi', '1Gi']);
    expect(sidecar('64Mi')).toEqual(['64Mi', '64Mi']);
  });

  it('add variables after those of the component', () => {
    expect(at(main({ env: { A: 'b', NODE: { fieldRef: { fieldPath: 'spec.nodeName' } } } }), 'env')).toEqual([
      { name: 'OWN', value: 'value' },
      { name: 'A', value: 'b' },
      { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    ]);
  });

  it('time the probes of the component', () => {
    expect(at(main({ probes: { liveness: { periodSeconds: 60 } } }), 'livenessProbe')).toEqual({
      exec: { command: ['true'] },
      periodSeconds: 60,
      failureThreshold: 3,
    });
  });

  it('mount volumes read-only, the same one in several containers', () => {
    const ca = { name: 'ca', configMap: { name: 'corporate-ca' }, mountPath: '/etc/ssl/corporate' };
    const changed = pod({ volumes: [ca], containers: { sidecar: { volumes: [{ ...ca, subPath: 'ca.crt' }] } } });
    expect(at(changed, 'volumes')).toEqual([
      { name: 'own', configMap: { name: 'own' } },
      { name: 'ca', configMap: { name: 'corporate-ca' } },
    ]);
    expect(at(changed, 'containers', 0, 'volumeMounts', 1)).toEqual({
      name: 'ca',
      mountPath: '/etc/ssl/corporate',
      readOnly: true,
    });
    expect(at(changed, 'containers', 1, 'volumeMounts', 0)).toMatchObject({ name: 'ca', subPath: 'ca.crt' });
  });

  it('reach init containers and sidecars by name', () => {
    const env = { A: 'b' };
    expect(at(pod({ containers: { prepare: { env } } }), 'initContainers', 0, 'env')).toEqual([
      { name: 'A', value: 'b' },
    ]);
    expect(SCHEMA.safeParse({ containers: { sidecat: { env } } }).success).toBe(false);
  });
});

describe('a setting that conflicts with the component', () => {
  const CA = { name: 'ca', mountPath: '/ca' };

  it.each<[string, z.input<typeof SCHEMA>, RegExp]>([
    [
      'a variable',
      { env: { OWN: 'other' } },
      /the variable "OWN" of container main of the workload thing is set by the component itself/,
    ],
    ['a pod label', { podLabels: { own: 'other' } }, /the pod label "own" of the workload thing/],
    ['a node selector', { nodeSelector: { own: 'other' } }, /the node selector "own"/],
    ['a volume', { volumes: [{ ...CA, name: 'own', secret: { secretName: 's' } }] }, /the volume "own"/],
    ['a mount', { volumes: [{ ...CA, mountPath: '/own', secret: { secretName: 's' } }] }, /the mount "\/own"/],
    ['an absent probe', { probes: { readiness: { periodSeconds: 1 } } }, /has no readiness probe/],
    [
      'a limit below the request',
      { resources: { limits: { cpu: '50m' } } },
      /container main of the workload thing requests 100m of cpu, more than its limit of 50m/,
    ],
    [
      'a request above the limit',
      { resources: { requests: { memory: '1Gi' } } },
      /requests 1Gi of memory, more than its limit of 256Mi/,
    ],
  ])('is a Fault: %s', (_, settings, message) => {
    expect(() => deployment(settings)).toThrow(message);
  });

  it.each<[string, unknown, RegExp]>([
    ['two sources of a variable', { env: { A: { secretKeyRef: { name: 's', key: 'k' }, fieldRef: {} } } }, /env/],
    ['a variable that is a number', { env: { PAGE_SIZE: 50 } }, /env/],
    ['a volume without a source', { volumes: [CA] }, /exactly one of configMap, secret, csi, store/],
    ['a host path', { volumes: [{ ...CA, hostPath: { path: '/' } }] }, /Unrecognized key/],
    ['a selector label', { podLabels: { 'app.kubernetes.io/name': 'x' } }, /are reserved/],
    ['memory without a unit', { resources: { limits: { memory: '512' } } }, /whole number with a unit/],
    [
      'two mounts at one path',
      { volumes: [CA, CA].map((one) => ({ ...one, secret: { secretName: 's' } })) },
      /mountPath/,
    ],
  ])('is rejected by the schema: %s', (_, settings, message) => {
    expect(SCHEMA.safeParse(settings).error?.message).toMatch(message);
  });
});
