import { label as labelOf } from '../../charts/lib/manifest.ts';
import { manifestsOf, valuesOf } from '../lib/cluster-objects.ts';
import { containersOf, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** A Service's name is a DNS label that begins with a letter (RFC 1035). */
const SERVICE_NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** RBAC names are path segments of a URL. */
const PATH_SEGMENT = /^(?!\.{1,2}$)[^/%\s]+$/;

/** The longest name of each kind whose controller appends to it in labels and pod names. */
const LONGEST: Readonly<Record<string, number>> = {
  StatefulSet: 52,
  CronJob: 52,
  Deployment: 47,
  DaemonSet: 52,
  Job: 57,
};

/** The API server accepts the name, and so does the controller that derives other names from it. */
export const validNames = invariant('names of objects are valid and not generated', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) => {
    const { kind, metadata } = manifest;
    const { name } = metadata;
    const longest = LONGEST[kind];
    return [
      ...(shapeOf(kind).test(name) && name.length <= 253 ? [] : [`${labelOf(manifest)} has an invalid name`]),
      ...(longest && name.length > longest
        ? [`${labelOf(manifest)} has a name of more than ${longest} characters`]
        : []),
      ...(name.split(/[-.]/).some(isHash) ? [`${labelOf(manifest)} has a generated name`] : []),
    ];
  }),
);

function shapeOf(kind: string): RegExp {
  if (kind === 'Service') return SERVICE_NAME;
  if (/^(Cluster)?Role(Binding)?$/.test(kind)) return PATH_SEGMENT;
  return kind === 'Namespace' || kind in LONGEST ? DNS_LABEL : DNS_NAME;
}

/** At least eight hexadecimal characters, one of them a digit, perhaps with cdk8s's prefix `c`: a hash, not a word. */
function isHash(part: string): boolean {
  return /^c?(?=[a-f]*\d)[0-9a-f]{8,}$/.test(part);
}

/** The API server rejects invalid names of containers, ports and volumes. */
export const validPartNames = invariant('names of containers, ports and volumes are valid', (cluster) =>
  workloadPods(cluster).flatMap((pods) => [
    ...containersOf(pods).flatMap(({ label, container }) => [
      ...(DNS_LABEL.test(container.name) ? [] : [`${label} has an invalid name`]),
      ...(container.ports ?? [])
        .filter(({ name }) => name !== undefined && !isPortName(name))
        .map(({ name }) => `${label} has a port with the invalid name "${name}"`),
    ]),
    ...(pods.spec.volumes ?? [])
      .filter(({ name }) => !DNS_LABEL.test(name))
      .map(({ name }) => `${pods.label} has a volume with the invalid name "${name}"`),
  ]),
);

/** An IANA service name: at most 15 characters, at least one of them a letter. */
function isPortName(name: string): boolean {
  return name.length <= 15 && /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(name);
}

/** cdk8s's own label is a hash of a construct's path: moving the construct would replace the pods. */
export const noConstructLabels = invariant('no object has a cdk8s label', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) =>
    valuesOf(manifest)
      .filter(({ key }) => key.startsWith('cdk8s.io/'))
      .map(({ path }) => `${labelOf(manifest)} has a cdk8s label at ${path}`),
  ),
);
