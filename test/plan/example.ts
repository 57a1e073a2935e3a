import type { Entry, Field, Finding, Plan } from '../../charts/plan/model.ts';

const CLUSTERS = ['local', 'production-aks', 'production-eks', 'staging-aks'];
const DIGESTS = ['4f0c1e', '9b27ad'].map((start) => `sha256:${start}${'0123456789abcdef'.repeat(4).slice(6)}`);

function entry(
  application: string,
  object: string,
  wave: [number, number],
  rest: Pick<Entry, 'verdict'> & Partial<Entry>,
): Entry {
  return { clusters: CLUSTERS, application, object, wave, severity: 'info', fields: [], findings: [], ...rest };
}

function changed(path: string, before: unknown, after: unknown): Field {
  return { path, change: 'changed', before, after };
}

function finding(rule: string, severity: Finding['severity'], says: string, rest: Partial<Finding> = {}): Finding {
  return { rule, severity, says, ...rest };
}

const RULES = `groups:
  - name: mongo
    rules:
      - alert: MongoDown
        expr: mongodb_up == 0
        for: 5m
        labels:
          severity: critical
`;

/** A plan as a team has it: a release, a change that the API server refuses, one that is accepted, and some noise. */
export const EXAMPLE: Plan = {
  version: 1,
  base: '734701930c2484326808b6eed6bc6fb09a9b16e7',
  head: 'working tree',
  clusters: CLUSTERS,
  entries: [
    entry('priority-classes', 'PriorityClass batch', [0, 0], {
      verdict: 'create',
      clusters: ['staging-aks'],
    }),
    entry('mongo', 'Secret mongo/mongo-keyfile', [4, 0], {
      verdict: 'update',
      severity: 'warn',
      fields: [{ path: 'data[keyfile]', change: 'changed', hidden: '512 to 1023 bytes' }],
      findings: [finding('SLP-SECRET-IN-GIT', 'warn', 'a secret value is in Git')],
    }),
    entry('mongo', 'ConfigMap mongo/mongo-rules', [4, 1], {
      verdict: 'update',
      seen: { ring: 'staging' },
      fields: [
        changed('data[rules.yaml]', RULES, RULES.replace('for: 5m', 'for: 15m').replace('critical', 'warning')),
        { path: 'metadata.labels[app.kubernetes.io/name]', change: 'reordered', noise: true },
      ],
    }),
    entry('mongo', 'StatefulSet mongo/mongo', [4, 2], {
      verdict: 'refused',
      severity: 'block',
      clusters: ['production-aks', 'production-eks'],
      seen: { ring: 'staging', cluster: 'staging-aks', since: '2026-11-20T10:00:30.000Z' },
      fields: [
        changed('spec.volumeClaimTemplates[data].spec.resources.requests.storage', '10Gi', '20Gi'),
        changed('spec.replicas', 3, 1),
      ],
      findings: [
        finding('SLP-IMMUTABLE', 'block', 'the API server refuses to change a claim template of a StatefulSet', {
          path: 'spec.volumeClaimTemplates[data].spec.resources.requests.storage',
          instead: 'grow the claims, delete the set with --cascade=orphan, and sync',
        }),
        finding('SLP-REPLICAS', 'danger', 'one of three members is no majority, so that nothing can be written', {
          path: 'spec.replicas',
          instead: 'remove one member at a time, and keep three',
        }),
      ],
    }),
    entry('restaurants', 'ClusterRole restaurants-reader', [8, 0], {
      verdict: 'update',
      clusters: ['production-aks'],
      fields: [changed('rules[0].verbs', ['get'], ['get', 'list'])],
      findings: [
        finding('SLP-RIGHTS-SECRETS', 'danger', 'restaurants-reader may list all Secrets of the cluster', {
          path: 'rules[0].verbs',
          accepted: { because: 'the audit of the summer reads them, see #4711', until: '2026-08-31' },
        }),
      ],
    }),
    entry('restaurants', 'Deployment restaurants/restaurants', [8, 1], {
      verdict: 'restart',
      severity: 'warn',
      fields: [
        changed(
          'spec.template.spec.containers[restaurants].image',
          `ghcr.io/example/restaurants:2.3.1@${DIGESTS[0]}`,
          `ghcr.io/example/restaurants:3.0.0@${DIGESTS[1]}`,
        ),
        changed('spec.template.spec.containers[restaurants].env[LOG_LEVEL].value', 'info', 'debug'),
        {
          path: 'spec.template.spec.containers[restaurants].env[PAGE_SIZE]',
          change: 'added',
          after: { name: 'PAGE_SIZE', value: '50' },
        },
        { path: 'spec.template.spec.tolerations', change: 'reordered', noise: true, rolls: true },
        { ...changed('spec.template.spec.containers[restaurants].resources.requests.cpu', '1000m', 1), noise: true },
      ],
      findings: [finding('SLP-IMAGE-MAJOR', 'warn', 'the image moves from major version 2 to 3')],
    }),
    entry('gateway', 'HTTPRoute gateway/shop', [9, 0], {
      verdict: 'update',
      severity: 'danger',
      clusters: ['staging-aks'],
      fields: [{ path: 'spec.hostnames[0]', change: 'removed', before: 'shop.staging.example.com' }],
      findings: [finding('SLP-HOST-GONE', 'danger', 'shop.staging.example.com answers 404')],
    }),
    entry('grafana', 'ConfigMap grafana/dashboards', [10, 0], {
      verdict: 'same',
      fields: [{ ...changed('data[mongo.json]', '{"a":1}', '{ "a": 1 }'), noise: true }],
    }),
    entry('applications', 'Namespace postfacto', [12, 0], {
      verdict: 'cascade',
      severity: 'block',
      clusters: ['local'],
      findings: [
        finding('SLP-DATA-GONE', 'block', 'its claims are deleted, and with them their data', {
          instead: 'keep the namespace until the last backup was restored elsewhere',
        }),
      ],
      takes: ['Deployment postfacto/postfacto', 'Service postfacto/postfacto', 'Secret postfacto/session'],
      keeps: ['PersistentVolumeClaim postfacto/data'],
    }),
  ],
  unneeded: [
    {
      rule: 'SLP-HOST-GONE',
      object: 'HTTPRoute gateway/shpo',
      path: 'clusters/accepted.json:9',
      severity: 'danger',
      says: 'the line of HTTPRoute gateway/shpo is new and accepts nothing',
      instead: 'did you mean "HTTPRoute gateway/shop"?',
    },
    {
      rule: 'SLP-SERVICE-PUBLIC',
      object: 'Service gateway/gateway',
      path: 'clusters/accepted.json:2',
      severity: 'info',
      says: 'the line of Service gateway/gateway accepts nothing here, and the base has it already',
      instead: 'remove it, unless a change that it is for has not reached all of its clusters yet',
    },
  ],
  noise: { objects: 1, fields: 3 },
};

/** The same fleet before anything changes. */
export const UNCHANGED: Plan = { ...EXAMPLE, entries: [], unneeded: [], noise: { objects: 0, fields: 0 } };
