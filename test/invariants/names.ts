import { label as labelOf } from '../../charts/lib/manifest.ts';
import { manifestsOf, valuesOf } from '../lib/cluster-objects.ts';
import { containersOf, workloadPods } from '../lib/pods.ts';
import { invariant } from './invariant.ts';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** A Service's name is the first part of a host name, and those begin with a letter. */
const SERVICE_NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** RBAC takes what a URL's path takes. */
const PATH_SEGMENT = /^(?!\.{1,2}$)[^/%\s]+$/;

/** The longest name each kind can have where its controller adds to it in labels and in the names of pods. */
const LONGEST: Readonly<Record<string, number>> = {
  StatefulSet: 52,
  CronJob: 52,
  Deployment: 47,
  DaemonSet: 52,
  Job: 57,
};

/** The API server takes the name, and so does the controller that makes others of it. */
export const validNames = invariant('names are valid', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) => {
    const { kind, metadata } = manifest;
    const { name } = metadata;
    const longest = LONGEST[kind];
    return [
      ...(shapeOf(kind).test(name) && name.length <= 253
        ? []
        : [`${labelOf(manifest)} has a name that Kubernetes does not take`]),
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

/** Eight hexadecimal digits or more with a digit among them, perhaps behind cdk8s's `c`: no word, but a hash. */
function isHash(part: string): boolean {
  return /^c?(?=[a-f]*\d)[0-9a-f]{8,}$/.test(part);
}

/** What containers, ports and volumes are called. */
export const validPartNames = invariant('names of containers, ports and volumes are valid', (cluster) =>
  workloadPods(cluster).flatMap((pods) => [
    ...containersOf(pods).flatMap(({ label, container }) => [
      ...(DNS_LABEL.test(container.name) ? [] : [`${label} has a name that Kubernetes does not take`]),
      ...(container.ports ?? [])
        .filter(({ name }) => name !== undefined && !isPortName(name))
        .map(({ name }) => `${label} has a port with the invalid name "${name}"`),
    ]),
    ...(pods.spec.volumes ?? [])
      .filter(({ name }) => !DNS_LABEL.test(name))
      .map(({ name }) => `${pods.label} has a volume with the invalid name "${name}"`),
  ]),
);

/** An IANA service name: at most 15 characters, a letter among them. */
function isPortName(name: string): boolean {
  return name.length <= 15 && /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(name);
}

/** cdk8s's own label is a hash of where a construct stands in the code: a move would replace the pods. */
export const noConstructLabels = invariant('no label tells where the code stands', (cluster) =>
  manifestsOf(cluster).flatMap((manifest) =>
    valuesOf(manifest)
      .filter(({ key }) => key.startsWith('cdk8s.io/'))
      .map(({ path }) => `${labelOf(manifest)} has a label of cdk8s at ${path}`),
  ),
);
