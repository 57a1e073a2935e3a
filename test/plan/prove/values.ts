import { isMap, type Path } from './tree.ts';

/** Values of fields that have few; the next ones are tried for each. */
const ENUMERATIONS: Readonly<Record<string, readonly string[]>> = {
  accessModes: ['ReadWriteOnce', 'ReadWriteMany', 'ReadWriteOncePod'],
  apiGroup: ['', 'rbac.authorization.k8s.io', 'apps'],
  completionMode: ['NonIndexed', 'Indexed'],
  concurrencyPolicy: ['Allow', 'Forbid', 'Replace'],
  deletionPolicy: ['Delete', 'Retain'],
  dnsPolicy: ['ClusterFirst', 'Default', 'None'],
  effect: ['NoSchedule', 'NoExecute', 'PreferNoSchedule'],
  externalTrafficPolicy: ['Cluster', 'Local'],
  failurePolicy: ['Fail', 'Ignore'],
  fsGroupChangePolicy: ['Always', 'OnRootMismatch'],
  fsGroupPolicy: ['ReadWriteOnceWithFSType', 'File', 'None'],
  imagePullPolicy: ['Always', 'IfNotPresent', 'Never'],
  internalTrafficPolicy: ['Cluster', 'Local'],
  ipFamilies: ['IPv4', 'IPv6'],
  ipFamilyPolicy: ['SingleStack', 'PreferDualStack', 'RequireDualStack'],
  kind: ['ServiceAccount', 'User', 'Group', 'Role', 'ClusterRole', 'Secret', 'ConfigMap', 'Service', 'Gateway'],
  matchPolicy: ['Exact', 'Equivalent'],
  operator: ['Exists', 'In', 'NotIn', 'DoesNotExist', 'Equal'],
  persistentVolumeReclaimPolicy: ['Retain', 'Delete'],
  podManagementPolicy: ['OrderedReady', 'Parallel'],
  podReplacementPolicy: ['TerminatingOrFailed', 'Failed'],
  policyTypes: ['Ingress', 'Egress'],
  preemptionPolicy: ['PreemptLowerPriority', 'Never'],
  protocol: ['TCP', 'UDP', 'HTTP', 'HTTPS'],
  reclaimPolicy: ['Retain', 'Delete'],
  reinvocationPolicy: ['Never', 'IfNeeded'],
  restartPolicy: ['Always', 'OnFailure', 'Never'],
  scheme: ['HTTP', 'HTTPS', 'http', 'https'],
  scope: ['Namespaced', 'Cluster', '*'],
  scopes: ['NotTerminating', 'NotBestEffort', 'Terminating'],
  sessionAffinity: ['None', 'ClientIP'],
  sideEffects: ['None', 'NoneOnDryRun'],
  terminationMessagePolicy: ['File', 'FallbackToLogsOnError'],
  type: [
    'RollingUpdate',
    'Recreate',
    'OnDelete',
    'ClusterIP',
    'NodePort',
    'LoadBalancer',
    'ExternalName',
    'Opaque',
    'RuntimeDefault',
    'Unconfined',
    'Utilization',
    'AverageValue',
    'Directory',
    'DirectoryOrCreate',
    'PathPrefix',
    'Exact',
  ],
  unhealthyPodEvictionPolicy: ['IfHealthyBudget', 'AlwaysAllow'],
  validationActions: ['Deny', 'Warn', 'Audit'],
  volumeBindingMode: ['Immediate', 'WaitForFirstConsumer'],
  volumeLifecycleModes: ['Persistent', 'Ephemeral'],
  volumeMode: ['Filesystem', 'Block'],
  whenDeleted: ['Retain', 'Delete'],
  whenScaled: ['Retain', 'Delete'],
  whenUnsatisfiable: ['DoNotSchedule', 'ScheduleAnyway'],
};

const QUANTITY = /^(\d+(?:\.\d+)?)(m|Ki|Mi|Gi|Ti|k|M|G|T)$/;
const ADDRESS = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(\/\d+)?$/;

/** How texts of a shape become others of it; the first that fits counts. */
const SHAPES: readonly (readonly [shape: RegExp, others: (text: string) => readonly string[]])[] = [
  [QUANTITY, (text) => [1, -1].map((way) => text.replace(/^[\d.]+/, (n) => `${(way > 0 ? 2 : 0.5) * Number(n)}`))],
  [/^\d+%$/, (text) => [`${(Number.parseInt(text, 10) + 5) % 100}%`]],
  [/^\d+$/, (text) => [`${Number(text) + 1}`]],
  [/^(\d+(ms|[smhdwy]))+$/, (text) => [text.replace(/^\d+/, (n) => `${2 * Number(n)}`)]],
  [ADDRESS, (text) => [text.replace(/^\d+\.\d+\.\d+\./, '10.96.77.')]],
  [
    /@sha256:/,
    (text) => [text.replace(/sha256:./, (start) => `${start.slice(0, -1)}${start.endsWith('0') ? '1' : '0'}`)],
  ],
  [/\n/, (text) => [`${text.replace(/\n$/, '')}\nfurther: x\n`]],
  [/^(\/|https?:\/\/)/, (text) => [`${text.replace(/\/$/, '')}/further`]],
  [/./, (text) => [`${text}x`]],
  [/^$/, () => ['x']],
];

/** Other values of a leaf, by its field and its type: of a number, more and less. */
export function othersOf(path: Path, value: unknown): readonly unknown[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1, ...(value > 0 ? [Math.floor(value / 2)] : [])];
  if (typeof value !== 'string') return [];
  const field = String(path.findLast((step) => typeof step === 'string'));
  const known = ENUMERATIONS[field];
  if (known?.includes(value)) return known.filter((other) => other !== value);
  if (path[0] === 'data' && !value.includes('\n') && isBase64(value)) return [encoded(`${decoded(value)}x`)];
  if (field === 'expression') return [`(${value}) && true`];
  return SHAPES.find(([shape]) => shape.test(value))![1](value);
}

/** True for what holds no other value: a leaf that can be changed. */
export function isLeaf(value: unknown): boolean {
  return !isMap(value) && !Array.isArray(value);
}

/** Another text of a quantity, with the same value; undefined if the text is none. */
export function respelled(text: string): string | undefined {
  const [, number, unit] = QUANTITY.exec(text) ?? (/^[1-9]\d*$/.test(text) ? [text, text, ''] : []);
  if (number === undefined || unit === undefined) return undefined;
  const smaller: Readonly<Record<string, readonly [unit: string, times: number]>> = {
    '': ['m', 1000],
    Ki: ['', 1024],
    Mi: ['Ki', 1024],
    Gi: ['Mi', 1024],
    Ti: ['Gi', 1024],
    k: ['', 1000],
    M: ['k', 1000],
    G: ['M', 1000],
    T: ['G', 1000],
  };
  if (unit === 'm') return String(Number(number) / 1000);
  const [below, times] = smaller[unit]!;
  return `${Number(number) * times}${below}`;
}

function isBase64(text: string): boolean {
  return text.length > 0 && encoded(decoded(text)) === text;
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString();
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}
