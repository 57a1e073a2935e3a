import { at, label, listAt, type Manifest, objectIdentity, textAt } from '../../../lib/manifest.ts';
import { isKept } from '../kept.ts';
import { claimsOf, POD_KINDS, podsOf } from '../pods.ts';
import { type Context, rule, shown, without } from '../rule.ts';

/** What becomes of the disk of a claim that is deleted. */
function fate(claim: Manifest, { before }: Context): string {
  const name = textAt(claim, 'spec', 'storageClassName');
  const found = before.find(objectIdentity('storage.k8s.io', 'StorageClass', undefined, name ?? ''));
  if (!found)
    return name === undefined ? 'by the default StorageClass, which may delete it' : `by StorageClass ${name}`;
  return textAt(found.manifest, 'reclaimPolicy') === 'Retain'
    ? `which its StorageClass ${name} retains, no longer bound to anything`
    : `which its StorageClass ${name} deletes`;
}

const volumeRemoved = rule('SLP-volume-removed', {
  severity: 'block',
  about: 'A PersistentVolumeClaim or PersistentVolume is pruned',
  kinds: ['PersistentVolumeClaim', 'PersistentVolume'],
  removed: (before, context) =>
    isKept(before, context)
      ? []
      : [
          {
            says:
              before.kind === 'PersistentVolume'
                ? `${label(before)} is deleted, and with the reclaim policy ${textAt(before, 'spec', 'persistentVolumeReclaimPolicy') ?? 'Retain'} its claim no longer has a disk`
                : `${label(before)} is deleted with its disk, ${fate(before, context)}`,
            instead: 'add the sync option Prune=false in a commit of its own and let it sync, then remove it from Git',
          },
        ],
});

/** One mount of a persistent volume: where a container sees it. */
interface Mount {
  readonly container: string;
  readonly path: string;
  readonly claim: string;
  readonly at: string;
  readonly subPath: string;
}

function mountsOf(workload: Manifest): Mount[] {
  const claims = claimsOf(workload);
  return (podsOf(workload)?.containers ?? []).flatMap(({ name: container, path, value }) =>
    [...listAt(value, 'volumeMounts'), ...listAt(value, 'volumeDevices')].flatMap((mount) => {
      const claim = claims.get(textAt(mount, 'name') ?? '');
      const where = textAt(mount, 'mountPath') ?? textAt(mount, 'devicePath') ?? '';
      const subPath = textAt(mount, 'subPath') ?? textAt(mount, 'subPathExpr') ?? '';
      return claim === undefined ? [] : [{ container, path, claim, at: where, subPath }];
    }),
  );
}

/** What a container has at a path where it had a persistent volume. */
function nowAt(after: Manifest, { container, at: path }: Mount): string {
  const pods = podsOf(after);
  const found = pods?.containers.find(({ name }) => name === container);
  if (!found) return 'the container is gone';
  const mount = listAt(found.value, 'volumeMounts').find((one) => textAt(one, 'mountPath') === path);
  if (!mount) return 'it writes into its own file system';
  const volume = listAt(pods?.spec, 'volumes').find((one) => textAt(one, 'name') === textAt(mount, 'name'));
  const type = Object.keys(volume ?? {}).find((key) => key !== 'name') ?? 'another volume';
  return `it has ${claimsOf(after).get(textAt(mount, 'name') ?? '') ?? type} there`;
}

const claimUnmounted = rule('SLP-claim-unmounted', {
  severity: 'danger',
  about: 'Pods no longer mount a persistent volume: they start without its data, and keep what they write elsewhere',
  kinds: POD_KINDS,
  changed: (before, after) => {
    const used = new Set([...claimsOf(after).values(), ...mountsOf(after).map(({ claim }) => claim)]);
    const first = new Map(mountsOf(before).map((mount) => [mount.claim, mount]));
    return [...first.values()]
      .filter(({ claim }) => !used.has(claim))
      .map((mount) => ({
        path: `${mount.path}.volumeMounts[${mount.at}]`,
        says: `Container ${mount.container} of ${label(after)} no longer has ${mount.claim} at ${mount.at}: ${nowAt(after, mount)}`,
        instead: 'mount the claim, or move its data first and leave the claim in Git until they are checked',
      }));
  },
});

const mountMoved = rule('SLP-mount-moved', {
  severity: 'danger',
  about: 'A persistent volume is mounted at another path or subPath: the program finds none of its data at the old one',
  kinds: POD_KINDS,
  changed: (before, after) => {
    const now = mountsOf(after);
    return mountsOf(before).flatMap((old) => {
      const same = now.filter(({ container, claim }) => container === old.container && claim === old.claim);
      if (same.length === 0 || same.some((one) => one.at === old.at && one.subPath === old.subPath)) return [];
      const [moved] = same;
      return [
        {
          path: `${old.path}.volumeMounts[${old.at}]`,
          says: `Container ${old.container} of ${label(after)} has ${old.claim} at ${place(moved!)} instead of ${place(old)}`,
          instead: 'move the data, and tell the program its new folder in the same change',
        },
      ];
    });
  },
});

function place({ at: path, subPath }: Mount): string {
  return subPath ? `${path} (subPath ${subPath})` : path;
}

const templateRenamed = rule('SLP-claim-template-renamed', {
  severity: 'danger',
  about: 'A claim template has another name: pods of a set that is made again start with new, empty volumes',
  kinds: ['StatefulSet'],
  changed: (before, after) => {
    const names = (set: Manifest): string[] =>
      listAt(set, 'spec', 'volumeClaimTemplates').map((one) => textAt(one, 'metadata', 'name') ?? '');
    const added = without(names(after), names(before));
    return without(names(before), names(after)).map((name) => ({
      path: `spec.volumeClaimTemplates[${name}]`,
      says: `${label(after)} no longer uses the claims ${name}-${after.metadata.name}-0 and further, but ${added.length > 0 ? `new ones of ${added.join(' and ')}` : 'none'}`,
      instead: 'keep the name of the template',
    }));
  },
});

const reclaimed = rule('SLP-reclaim-delete', {
  severity: 'danger',
  about: 'The disk of a PersistentVolume is deleted with its claim from now on',
  kinds: ['PersistentVolume'],
  changed: (before, after) => {
    const [old, now] = [before, after].map((one) => at(one, 'spec', 'persistentVolumeReclaimPolicy') ?? 'Retain');
    return now === 'Delete' && old !== 'Delete'
      ? [
          {
            path: 'spec.persistentVolumeReclaimPolicy',
            says: `The disk of ${label(after)} is deleted once its claim is: the reclaim policy was ${shown(old)}, and is Delete`,
            instead: 'keep Retain',
          },
        ]
      : [];
  },
});

/** Volumes, and where pods mount them. */
export const VOLUMES = [volumeRemoved, claimUnmounted, mountMoved, templateRenamed, reclaimed];
