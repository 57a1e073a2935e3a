import { at, listAt, textAt } from '../../charts/lib/manifest.ts';
import type { Live } from './api.ts';
import { isTrue } from './conditions.ts';
import type { Mirror } from './mirror.ts';

/** What a program waits for before it becomes ready, beyond what its manifest references. */
interface Behaviour {
  /** Part of the image's name. */
  readonly image: string;
  /** Descriptions of what is missing. */
  waitsFor(pod: Live, mirror: Mirror): string[];
}

/** Behaviours of simulated programs; real ones wait by themselves. */
const BEHAVIOURS: readonly Behaviour[] = [
  {
    // A member is ready once the setup Job has initiated the replica set, which needs all members to run.
    image: 'library/mongo:',
    waitsFor: (pod, mirror) => {
      const setup = mirror
        .all('jobs')
        .find(({ metadata }) => metadata.namespace === pod.metadata.namespace && metadata.name.includes('setup'));
      const isSetup = pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Job') ?? false;
      if (!isSetup) return setup ? [] : ['the Job that initiates the replica set'];
      const members = mirror
        .all('pods')
        .filter((p) => p.metadata.namespace === pod.metadata.namespace && isMember(p) && textAt(p, 'spec', 'nodeName'));
      return members.length >= 3 ? [] : ['three members'];
    },
  },
  ...['slipway/restaurants:', 'slipway/items:'].map((image) => ({
    image,
    waitsFor: (pod: Live, mirror: Mirror) => {
      const database = databaseOf(pod);
      return ready(mirror, database, database);
    },
  })),
  {
    image: 'postfacto/postfacto:',
    waitsFor: (pod, mirror) => {
      const { namespace } = pod.metadata;
      // A database outside of the cluster is played by nobody: it is always there.
      return mounts(pod, `${namespace}-database`) ? [] : ready(mirror, namespace, `${namespace}-postgres`);
    },
  },
  {
    image: 'external-secrets/external-secrets:',
    waitsFor: (_, mirror) =>
      served(
        mirror,
        'externalsecrets.external-secrets.io',
        'clustersecretstores.external-secrets.io',
        'pushsecrets.external-secrets.io',
      ),
  },
  {
    image: 'velero/velero:',
    waitsFor: (_, mirror) =>
      served(
        mirror,
        'backups.velero.io',
        'backupstoragelocations.velero.io',
        'schedules.velero.io',
        'datauploads.velero.io',
      ),
  },
];

/** Descriptions of what a pod's programs wait for; empty once they are ready. */
export function missingForProgram(pod: Live, mirror: Mirror): string[] {
  // A pod may run several programs of one image.
  const images = new Set(listAt(pod, 'spec', 'containers').map((container) => textAt(container, 'image') ?? ''));
  return [...images].flatMap((image) =>
    BEHAVIOURS.filter((behaviour) => image.includes(behaviour.image)).flatMap((one) => one.waitsFor(pod, mirror)),
  );
}

/** True for a pod with a volume of that Secret. */
function mounts(pod: Live, secret: string): boolean {
  return listAt(pod, 'spec', 'volumes').some((volume) => textAt(volume, 'secret', 'secretName') === secret);
}

/** True for a member of a replica set: its StatefulSet has the name of its component, and so of its namespace. */
function isMember({ metadata: { name, namespace } }: Live): boolean {
  return name.slice(0, -2) === namespace && /-\d$/.test(name);
}

/** The replica set of a service, whose Secret with the connection string is named `<service>-<replica set>`. */
function databaseOf({ metadata, ...pod }: Live): string {
  const secrets = listAt(pod, 'spec', 'containers', 0, 'env').map((variable) =>
    at(variable, 'name') === 'MONGODB_URI' ? textAt(variable, 'valueFrom', 'secretKeyRef', 'name') : undefined,
  );
  return secrets.find((name) => name !== undefined)?.slice(`${metadata.namespace}-`.length) ?? '';
}

function ready(mirror: Mirror, namespace: string | undefined, name: string): string[] {
  const set = mirror.one('statefulSets', namespace, name) as
    { status?: { readyReplicas?: number }; spec?: { replicas?: number } } | undefined;
  return set && (set.status?.readyReplicas ?? 0) >= (set.spec?.replicas ?? 1)
    ? []
    : [`StatefulSet ${namespace}/${name}`];
}

function served(mirror: Mirror, ...names: readonly string[]): string[] {
  return names.filter((name) => !isTrue(mirror.one('definitions', undefined, name), 'Established'));
}
