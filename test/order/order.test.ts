import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../charts/lib/manifest.ts';
import { deriveOrder, type Part } from '../../charts/order/order.ts';

const PREINSTALLED = new Set(['|Namespace||web', '|Namespace||db', '|Namespace||certs']);

/** An object; in the namespace `web` by default. */
function object(
  apiVersion: string,
  kind: string,
  name: string,
  fields: object = {},
  namespace: string | undefined = 'web',
): Manifest {
  return { apiVersion, kind, metadata: { name, namespace }, ...fields };
}

function pod(spec: object): object {
  return { spec: { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [], ...spec } } } };
}

function part(name: string, ...manifests: Manifest[]): Part {
  return { name, manifests };
}

const wavesOf = (one: Part, preinstalled: ReadonlySet<string> = PREINSTALLED): Record<string, number> => {
  const { waves } = deriveOrder([one], preinstalled);
  return Object.fromEntries(one.manifests.map((m) => [`${m.kind}/${m.metadata.name}`, waves.get(m) ?? 0]));
};

describe('within a component', () => {
  it('a ServiceAccount shares the wave of its Deployment, because Argo CD applies it earlier', () => {
    const one = part(
      'web',
      object('apps/v1', 'Deployment', 'web', pod({ serviceAccountName: 'web' })),
      object('v1', 'ServiceAccount', 'web'),
    );
    expect(wavesOf(one)).toEqual({ 'Deployment/web': 0, 'ServiceAccount/web': 0 });
  });

  it('a Deployment is after the ExternalSecret that creates the Secret of its volume', () => {
    const one = part(
      'web',
      object('apps/v1', 'Deployment', 'web', pod({ volumes: [{ name: 's', secret: { secretName: 'password' } }] })),
      object('external-secrets.io/v1', 'ExternalSecret', 'password', { spec: { target: { name: 'password' } } }),
    );
    expect(wavesOf(one, new Set([...PREINSTALLED, 'crd:external-secrets.io/externalsecrets']))).toEqual({
      'Deployment/web': 1,
      'ExternalSecret/password': 0,
    });
  });

  it('an object is after the admission policy that reviews its kind, and after its binding', () => {
    const policy = (kind: string, spec: object): Manifest =>
      object('admissionregistration.k8s.io/v1', kind, 'review', { spec }, '');
    const rule = { apiGroups: [''], resources: ['configmaps'] };
    const one = part(
      'web',
      object('v1', 'ConfigMap', 'reviewed'),
      object('v1', 'Secret', 'other'),
      policy('ValidatingAdmissionPolicyBinding', { policyName: 'review' }),
      policy('ValidatingAdmissionPolicy', { matchConstraints: { resourceRules: [rule] } }),
    );
    expect(wavesOf(one)).toEqual({
      'ValidatingAdmissionPolicy/review': 0,
      'ValidatingAdmissionPolicyBinding/review': 1,
      'ConfigMap/reviewed': 2,
      'Secret/other': 0,
    });
  });

  it('a custom resource is after the workload that may write its status', () => {
    const one = part(
      'web',
      object('example.com/v1', 'Widget', 'one'),
      object('apps/v1', 'Deployment', 'controller', pod({ serviceAccountName: 'controller' })),
      object('v1', 'ServiceAccount', 'controller'),
      object(
        'rbac.authorization.k8s.io/v1',
        'ClusterRole',
        'controller',
        { rules: [{ apiGroups: ['example.com'], resources: ['widgets/status'], verbs: ['update'] }] },
        '',
      ),
      object(
        'rbac.authorization.k8s.io/v1',
        'ClusterRoleBinding',
        'controller',
        {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'controller' },
          subjects: [{ kind: 'ServiceAccount', name: 'controller', namespace: 'web' }],
        },
        '',
      ),
    );
    const waves = wavesOf(one, new Set([...PREINSTALLED, 'crd:example.com/widgets']));
    expect(waves['Deployment/controller']).toBe(0);
    expect(waves['Widget/one']).toBe(1);
  });

  it('an object is after the pods of its admission webhook, unless failurePolicy is Ignore', () => {
    const parts = (failurePolicy: string): Part =>
      part(
        'web',
        object('example.com/v1', 'Widget', 'one'),
        object('apps/v1', 'Deployment', 'webhook', pod({})),
        object('v1', 'Service', 'webhook', { spec: { selector: { app: 'web' } } }),
        object(
          'admissionregistration.k8s.io/v1',
          'ValidatingWebhookConfiguration',
          'webhook',
          {
            webhooks: [
              {
                failurePolicy,
                clientConfig: { service: { name: 'webhook', namespace: 'web' } },
                rules: [{ apiGroups: ['example.com'], resources: ['widgets'] }],
              },
            ],
          },
          '',
        ),
      );
    const preinstalled = new Set([...PREINSTALLED, 'crd:example.com/widgets']);
    expect(wavesOf(parts('Fail'), preinstalled)['Widget/one']).toBe(1);
    expect(wavesOf(parts('Ignore'), preinstalled)['Widget/one']).toBe(0);
  });

  it('a webhook configuration is after the Certificate whose CA is injected into it', () => {
    const configuration = { kind: 'ValidatingWebhookConfiguration', apiVersion: 'admissionregistration.k8s.io/v1' };
    const one = part(
      'web',
      {
        ...configuration,
        metadata: { name: 'web', annotations: { 'cert-manager.io/inject-ca-from': 'web/web' } },
        webhooks: [],
      },
      object('cert-manager.io/v1', 'Certificate', 'web', {
        spec: { secretName: 'web', issuerRef: { kind: 'Issuer', name: 'web' } },
      }),
      object('cert-manager.io/v1', 'Issuer', 'web', { spec: { selfSigned: {} } }),
    );
    const waves = wavesOf(
      one,
      new Set([...PREINSTALLED, 'crd:cert-manager.io/certificates', 'crd:cert-manager.io/issuers']),
    );
    expect(waves['Certificate/web']).toBe(1);
    expect(waves['ValidatingWebhookConfiguration/web']).toBe(2);
  });

  it('a HorizontalPodAutoscaler is in the wave of its target', () => {
    const one = part(
      'web',
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
      }),
      object('apps/v1', 'Deployment', 'web', pod({ volumes: [{ name: 's', secret: { secretName: 'password' } }] })),
      object('external-secrets.io/v1', 'ExternalSecret', 'password', { spec: { target: { name: 'password' } } }),
    );
    const preinstalled = new Set([...PREINSTALLED, 'crd:external-secrets.io/externalsecrets', 'api:metrics.k8s.io']);
    expect(wavesOf(one, preinstalled)).toEqual({
      'HorizontalPodAutoscaler/web': 1,
      'Deployment/web': 1,
      'ExternalSecret/password': 0,
    });
  });

  it('a wave is the length of the longest path', () => {
    const issuer = object('cert-manager.io/v1', 'Issuer', 'own', { spec: { ca: { secretName: 'ca' } } });
    const certificate = (name: string, by: string): Manifest =>
      object('cert-manager.io/v1', 'Certificate', name, { spec: { secretName: name, issuerRef: { name: by } } });
    const one = part(
      'web',
      certificate('leaf', 'own'),
      issuer,
      certificate('ca', 'start'),
      object('cert-manager.io/v1', 'Issuer', 'start', { spec: { selfSigned: {} } }),
    );
    const preinstalled = new Set([...PREINSTALLED, 'crd:cert-manager.io/issuers', 'crd:cert-manager.io/certificates']);
    expect(wavesOf(one, preinstalled)).toEqual({
      'Issuer/start': 0,
      'Certificate/ca': 1,
      'Issuer/own': 2,
      'Certificate/leaf': 3,
    });
  });

  it('explicit dependencies are respected', () => {
    const migrate = object('batch/v1', 'Job', 'migrate', pod({}));
    const web = object('apps/v1', 'Deployment', 'web', pod({}));
    const { waves } = deriveOrder([{ name: 'web', manifests: [web, migrate], stated: [[web, migrate]] }], PREINSTALLED);
    expect([waves.get(migrate) ?? 0, waves.get(web)]).toEqual([0, 1]);
  });
});

describe('between components', () => {
  it('a custom resource is after the component that provides its definition', () => {
    const { levels, after } = deriveOrder(
      [
        part('web', object('example.com/v1', 'Widget', 'one')),
        { name: 'widget-crds', manifests: [], provides: ['crd:example.com/widgets'] },
      ],
      PREINSTALLED,
    );
    expect([levels.get('widget-crds'), levels.get('web')]).toEqual([0, 1]);
    expect(after.get('web')?.get('widget-crds')?.because).toBe(
      'the custom resource definition of Widget (example.com)',
    );
  });

  it('a controller is after the definitions that it watches', () => {
    const { levels } = deriveOrder(
      [
        part(
          'web',
          object('apps/v1', 'Deployment', 'web', pod({ serviceAccountName: 'web' })),
          object('v1', 'ServiceAccount', 'web'),
          object('rbac.authorization.k8s.io/v1', 'Role', 'web', {
            rules: [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['list', 'watch'] }],
          }),
          object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'web', {
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'web' },
            subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'web' }],
          }),
        ),
        { name: 'widget-crds', manifests: [], provides: ['crd:example.com/widgets'] },
      ],
      PREINSTALLED,
    );
    expect(levels.get('web')).toBe(1);
  });

  it('a volume claim shares the wave of the first object that uses it, since it is bound only then', () => {
    const claim = object('v1', 'PersistentVolumeClaim', 'data', { spec: {} });
    const adopted = object('v1', 'PersistentVolumeClaim', 'data-db-0', { spec: {} });
    const unused = object('v1', 'PersistentVolumeClaim', 'data-db-1', { spec: {} });
    const volumes = [{ persistentVolumeClaim: { claimName: 'data' } }, { configMap: { name: 'late' } }];
    const web = object('apps/v1', 'Deployment', 'web', pod({ volumes }));
    const db = object('apps/v1', 'StatefulSet', 'db', {
      spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }], template: { spec: { volumes: [volumes[1]] } } },
    });
    const late = object('v1', 'ConfigMap', 'late');
    const before = object('example.com/v1', 'Widget', 'one');
    const stated = [[late, before]] as const;
    const { waves } = deriveOrder(
      [
        { name: 'web', manifests: [claim, adopted, unused, web, db, late, before], stated },
        { name: 'widget-crds', manifests: [], provides: ['crd:example.com/widgets'] },
      ],
      PREINSTALLED,
    );
    expect(waves.get(web)).toBe(1);
    expect([claim, adopted].map((one) => waves.get(one))).toEqual([waves.get(web), waves.get(db)]);
    expect(waves.get(unused)).toBeUndefined();
  });

  it('levels do not depend on the order of components', () => {
    const parts = [
      part('web', object('v1', 'ConfigMap', 'x'), object('example.com/v1', 'Widget', 'one')),
      { name: 'widget-crds', manifests: [], provides: ['crd:example.com/widgets'] },
    ];
    expect(Object.fromEntries(deriveOrder(parts, PREINSTALLED).levels)).toEqual(
      Object.fromEntries(deriveOrder(parts.toReversed(), PREINSTALLED).levels),
    );
  });

  it('a cycle is an error that names both ends of every edge', () => {
    const a = part(
      'a',
      object('v1', 'Secret', 'a', { stringData: {} }, 'db'),
      object('apps/v1', 'Deployment', 'a', pod({ priorityClassName: 'b' }), 'db'),
    );
    const b = part(
      'b',
      object('scheduling.k8s.io/v1', 'PriorityClass', 'b', {}, ''),
      object('v1', 'PersistentVolumeClaim', 'b', { spec: { storageClassName: 'a' } }),
    );
    const c = { ...a, manifests: [...a.manifests, object('storage.k8s.io/v1', 'StorageClass', 'a', {}, '')] };
    expect(() => deriveOrder([c, b], PREINSTALLED)).toThrow(
      /a cycle: a → b → a[\s\S]*a needs b \(Deployment db\/a needs PriorityClass b\); b needs a \(PersistentVolumeClaim web\/b needs StorageClass a\)/,
    );
  });
});

describe('an unmet need', () => {
  const cases: readonly (readonly [string, Manifest, RegExp])[] = [
    [
      'a custom resource definition',
      object('example.com/v1', 'Widget', 'one'),
      /Widget web\/one needs the custom resource definition of Widget \(example\.com\)/,
    ],
    ['a namespace', object('v1', 'ConfigMap', 'x', {}, 'nowhere'), /ConfigMap nowhere\/x needs Namespace nowhere/],
    [
      'a ServiceAccount',
      object('apps/v1', 'Deployment', 'web', pod({ serviceAccountName: 'web' })),
      /Deployment web\/web needs ServiceAccount web\/web[\s\S]*spec\.template\.spec\.serviceAccountName/,
    ],
    [
      'a Secret in an environment variable',
      object(
        'apps/v1',
        'Deployment',
        'web',
        pod({ containers: [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'nope', key: 'a' } } }] }] }),
      ),
      /needs Secret web\/nope[\s\S]*containers\[0\]\.env\[0\]\.valueFrom\.secretKeyRef/,
    ],
    [
      'a ConfigMap in a volume',
      object('apps/v1', 'Deployment', 'web', pod({ volumes: [{ configMap: { name: 'nope' } }] })),
      /needs ConfigMap web\/nope[\s\S]*volumes\[0\]\.configMap/,
    ],
    [
      'a storage class',
      object('v1', 'PersistentVolumeClaim', 'data', { spec: { storageClassName: 'fast' } }),
      /needs StorageClass fast/,
    ],
    [
      'the metrics API',
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
      }),
      /needs the resource metrics API/,
    ],
    [
      "a webhook's Service",
      object(
        'admissionregistration.k8s.io/v1',
        'ValidatingWebhookConfiguration',
        'w',
        { webhooks: [{ clientConfig: { service: { name: 'w', namespace: 'web' } } }] },
        '',
      ),
      /needs Service web\/w/,
    ],
    [
      'a role',
      object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'b', {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
        subjects: [],
      }),
      /needs Role web\/r/,
    ],
  ];

  it.each(cases)('for %s is an error', (_, manifest, message) => {
    expect(() => deriveOrder([part('web', manifest)], PREINSTALLED)).toThrow(message);
  });

  it("for a route's Service is an error that suggests a similar name", () => {
    const route = object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'web', {
      spec: { rules: [{ backendRefs: [{ name: 'wbe', port: 80 }] }] },
    });
    const preinstalled = new Set([...PREINSTALLED, 'crd:gateway.networking.k8s.io/httproutes']);
    expect(() => deriveOrder([part('web', route, object('v1', 'Service', 'web'))], preinstalled)).toThrow(
      /needs Service web\/wbe[\s\S]*did you mean "web"\?/,
    );
  });

  it('for a key of an existing Secret is an error that suggests a similar key', () => {
    const web = object(
      'apps/v1',
      'Deployment',
      'web',
      pod({ containers: [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'pasword' } } }] }] }),
    );
    const secret = object('external-secrets.io/v1', 'ExternalSecret', 's', {
      spec: { target: { name: 's', template: { data: { password: 'x' } } } },
    });
    expect(() =>
      deriveOrder([part('web', web, secret)], new Set([...PREINSTALLED, 'crd:external-secrets.io/externalsecrets'])),
    ).toThrow(/needs "pasword" of Secret web\/s, which has no such key[\s\S]*did you mean "password"\?/);
  });

  it('for an optional Secret is no error', () => {
    const web = object(
      'apps/v1',
      'Deployment',
      'web',
      pod({ volumes: [{ secret: { secretName: 'nope', optional: true } }] }),
    );
    expect(() => deriveOrder([part('web', web)], PREINSTALLED)).not.toThrow();
  });
});
