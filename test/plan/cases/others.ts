import {
  application,
  clusterObject,
  clusterRole,
  configMap,
  claim,
  definition,
  deployment,
  namespace,
  object,
  roleBinding,
  service,
  statefulSet,
  storageClass,
} from '../objects.ts';
import type { Case } from './case.ts';

const dashboard = (threshold: number): string =>
  JSON.stringify({ title: 'x', panels: [{ id: 1, type: 'stat', thresholds: [{ value: threshold }] }] });
const indented = JSON.stringify(JSON.parse(dashboard(80)), null, 4);
const secret = (type: string) => object('v1', 'Secret', { type, data: { key: 'c2VjcmV0LXZhbHVl' } });
const readsAll = deployment({ envFrom: [{ configMapRef: { name: 'app' } }] });
const pods = (verbs: readonly string[], resources = ['pods']) => ({ apiGroups: [''], resources, verbs });
const apps = (verbs: readonly string[]) => ({ apiGroups: ['apps'], resources: ['deployments'], verbs });
const crds = (tag: string) =>
  application({
    source: { repoURL: 'https://github.com/cert-manager/cert-manager', path: 'deploy/crds', targetRevision: tag },
  });
const widget = object('example.com/v1alpha1', 'Widget', { spec: {} });
const KEPT = { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' };
const WAVE = 'argocd.argoproj.io/sync-wave';

export const others: readonly Case[] = [
  {
    title: '36 ConfigMap: data of one that is immutable',
    before: [configMap({ a: '1' }, { immutable: true })],
    after: [configMap({ a: '2' }, { immutable: true })],
    verdict: 'refused',
    severity: 'block',
  },
  {
    title: '37 ConfigMap: read as variables, and no template changes',
    before: [configMap({ A: '1' }), readsAll],
    after: [configMap({ A: '2' }), readsAll],
    verdict: 'inert',
    severity: 'warn',
    names: /Deployment app\/app/,
  },
  {
    title: '38 ConfigMap: a dashboard with other white space',
    before: [configMap({ 'a.json': dashboard(80) })],
    after: [configMap({ 'a.json': indented })],
    verdict: 'same',
  },
  {
    title: '38 ConfigMap: a threshold of a dashboard',
    before: [configMap({ 'a.json': dashboard(80) })],
    after: [configMap({ 'a.json': dashboard(90) })],
    verdict: 'update',
    fields: ['data["a.json"].panels[1].thresholds[0].value'],
  },
  {
    title: '39 Secret: type',
    before: [secret('Opaque')],
    after: [secret('kubernetes.io/tls')],
    verdict: 'refused',
    severity: 'block',
  },
  {
    title: '40 StorageClass: reclaimPolicy',
    before: [storageClass()],
    after: [storageClass({ reclaimPolicy: 'Delete' })],
    verdict: 'refused',
    severity: 'block',
  },
  {
    title: '40 StorageClass: allowVolumeExpansion',
    before: [storageClass({ allowVolumeExpansion: false })],
    after: [storageClass()],
    verdict: 'update',
  },
  {
    title: '42 RoleBinding: roleRef',
    before: [roleBinding('reader', 'staff')],
    after: [roleBinding('writer', 'staff')],
    verdict: 'refused',
    severity: 'block',
  },
  {
    title: '42 RoleBinding: a subject is added',
    before: [roleBinding('reader', 'staff')],
    after: [roleBinding('reader', 'staff', 'everybody')],
    verdict: 'update',
    severity: 'danger',
    names: /everybody/,
  },
  {
    title: '43 ClusterRole: rules and verbs change places',
    before: [clusterRole(pods(['get', 'list']), apps(['get', 'list']))],
    after: [clusterRole(apps(['list', 'get']), pods(['list', 'get']))],
    verdict: 'same',
  },
  {
    title: '44 ClusterRole: may list secrets too',
    before: [clusterRole(pods(['get'], ['secrets']))],
    after: [clusterRole(pods(['get', 'list'], ['secrets']))],
    verdict: 'update',
    severity: 'danger',
  },
  {
    title: '44 ClusterRole: may do everything',
    before: [clusterRole(pods(['get']))],
    after: [clusterRole(pods(['*']))],
    verdict: 'update',
    severity: 'danger',
  },
  {
    title: '45 ClusterRole: a verb is removed',
    before: [clusterRole(pods(['get', 'list']))],
    after: [clusterRole(pods(['get']))],
    verdict: 'update',
  },
  {
    title: '49 Namespace: enforce baseline',
    before: [namespace()],
    after: [namespace('baseline')],
    verdict: 'update',
    severity: 'danger',
  },
  {
    title: '50 Namespace removed, once a person confirms',
    before: [namespace('restricted', { 'argocd.argoproj.io/sync-options': 'Prune=confirm' }), service(), deployment()],
    after: [service(), deployment()],
    verdict: 'confirm',
    severity: 'danger',
  },
  {
    title: '57 Application of definitions: tag',
    before: [crds('v1.20.0')],
    after: [crds('v1.21.0')],
    verdict: 'update',
    severity: 'warn',
  },
  {
    title: '58 CustomResourceDefinition: a version is no longer served that objects have',
    before: [definition(), widget],
    after: [
      definition({
        versions: [
          { name: 'v1alpha1', served: false, storage: false },
          { name: 'v1', served: true, storage: true },
        ],
      }),
      widget,
    ],
    verdict: 'update',
    severity: 'danger',
    names: /Widget app\/app/,
  },
  {
    title: '58 CustomResourceDefinition: scope',
    before: [definition()],
    after: [definition({ scope: 'Cluster' })],
    verdict: 'refused',
    severity: 'block',
  },
  {
    title: '60 Application removed, with its finalizer',
    before: [application(), statefulSet(), claim('5Gi', KEPT), service()],
    after: [],
    of: 'Application argocd/app',
    verdict: 'cascade',
  },
  {
    title: '60 Application removed, and a claim that only pruning would keep',
    before: [application(), claim('5Gi', { 'argocd.argoproj.io/sync-options': 'Prune=false' })],
    after: [],
    of: 'PersistentVolumeClaim app/data-app-0',
    verdict: 'delete',
    severity: 'block',
  },
  {
    title: '61 Application: path',
    before: { app: [application(), service(), configMap({ a: '1' })] },
    after: { other: [application({ source: { path: 'dist/test/other' } }), service()] },
    of: 'ConfigMap app/app',
    verdict: 'delete',
  },
  {
    title: '61 Application: what is in both paths stays',
    before: { app: [application(), service(), deployment({}, { replicas: 2 })] },
    after: { other: [application({ source: { path: 'dist/test/other' } }), service(), deployment()] },
    of: 'Deployment app/app',
    verdict: 'update',
  },
  {
    title: '62 Application: sync wave',
    before: [application({}, { annotations: { [WAVE]: '1' } })],
    after: [application({}, { annotations: { [WAVE]: '2' } })],
    verdict: 'order',
  },
  {
    title: '63 An object moves to another Application',
    before: { a: [application({ source: { path: 'dist/test/a' } }, { name: 'a' }), service(), deployment()], b: [] },
    after: { b: [application({ source: { path: 'dist/test/b' } }, { name: 'b' }), service(), deployment()], a: [] },
    of: 'Service app/app',
    verdict: 'move',
    severity: 'danger',
  },
  {
    title: 'CSIDriver: attachRequired',
    before: [clusterObject('storage.k8s.io/v1', 'CSIDriver', { spec: { attachRequired: true } })],
    after: [clusterObject('storage.k8s.io/v1', 'CSIDriver', { spec: { attachRequired: false } })],
    verdict: 'refused',
    severity: 'block',
  },
];
