import { ROOT, SYNC_WAVE } from '../lib/argo.ts';
import { identityOf, label, type Manifest } from '../lib/manifest.ts';
import type { ObjectChange, Placed } from './change.ts';
import { differencesOf } from './fields/differences.ts';
import { type Entry, type Field, type Finding, severityOf } from './model.ts';
import { OfBoth } from './of-both.ts';
import { refusalsOf } from './refusals.ts';
import { goesWithItsApplication, removalOf } from './removal.ts';
import { findingsOf, RULES } from './rules/index.ts';
import { applicationOf } from './rules/kept.ts';
import { type DistFile, TreeSnapshot } from './snapshot.ts';
import { judge } from './verdict.ts';
import { MOVED, saidBy } from './verdict-rules.ts';

/** A cluster's folder in dist at two commits. */
export interface ClusterTrees {
  readonly name: string;
  readonly before: readonly DistFile[];
  readonly after: readonly DistFile[];
  /** Paths of the files that are not the same in both. */
  readonly changed: ReadonlySet<string>;
}

/** What changes in a cluster. */
export interface ClusterPlan {
  readonly entries: readonly Entry[];
  /** Objects and fields that only read differently. */
  readonly noise: { readonly objects: number; readonly fields: number };
}

interface Trees {
  readonly cluster: string;
  readonly before: TreeSnapshot;
  readonly after: TreeSnapshot;
}

/** What a change of a cluster's folder does to the cluster, object by object. */
export function compareTrees({ name, ...files }: ClusterTrees): ClusterPlan {
  const trees: Trees = { cluster: name, before: new TreeSnapshot(files.before), after: new TreeSnapshot(files.after) };
  const [was, is] = [changedOf(trees.before, files.changed), changedOf(trees.after, files.changed)];
  const entries = [...new Set([...was.keys(), ...is.keys()])].flatMap((identity) => {
    const entry = entryOf(trees, was.get(identity), is.get(identity));
    return entry ? [entry] : [];
  });
  return {
    entries: entries.toSorted(inOrder),
    noise: {
      objects: entries.filter(({ verdict }) => verdict === 'same').length,
      fields: entries.flatMap(({ fields }) => fields.filter(({ noise }) => noise)).length,
    },
  };
}

function changedOf(tree: TreeSnapshot, changed: ReadonlySet<string>): Map<string, Placed> {
  return new Map(tree.inFiles(changed).map((placed) => [identityOf(placed.manifest), placed]));
}

/** Many clusters have the same two versions. */
const DIFFERENCES = new OfBoth<readonly Field[]>();

function fieldsOf(before: Manifest, after: Manifest): readonly Field[] {
  const known = DIFFERENCES.get(before, after) ?? differencesOf(before, after);
  DIFFERENCES.set(before, after, known);
  return known;
}

function entryOf(trees: Trees, before: Placed | undefined, after: Placed | undefined): Entry | undefined {
  const placed = after ?? before;
  if (!placed) return undefined;
  const all = before && after ? fieldsOf(before.manifest, after.manifest) : [];
  const fields = all.filter(({ noise }) => !noise);
  const change: ObjectChange = { before, after, fields };
  // An object that only reads differently is not looked at: what is wrong with it is not of this change.
  const found = before && after && fields.length === 0 ? [] : findingsOf(change, trees);
  const says = judgementOf(trees, change, found);
  if (!says) return undefined;
  const findings = [...says.findings, ...found];
  return {
    clusters: [trees.cluster],
    application: placed.application,
    object: label(placed.manifest),
    wave: waveOf(placed, after ? trees.after : trees.before),
    fields: [...all],
    ...says,
    findings,
    severity: severityOf(findings),
  };
}

/** Rules about objects that the API server takes from nobody. */
const REFUSING = new Set(RULES.filter(({ refuses }) => refuses).map(({ id }) => id));

type Says = Pick<Entry, 'verdict' | 'takes' | 'keeps'> & { readonly findings: readonly Finding[] };

function judgementOf(trees: Trees, change: ObjectChange, found: readonly Finding[]): Says | undefined {
  const { before, after, fields } = change;
  if (before && !after) {
    // Its entry would say what that of its Application says, unless a rule has something to say of it.
    const withItsApplication = goesWithItsApplication(before, trees.before, trees.after);
    if (withItsApplication && found.length === 0) return undefined;
    const { verdict, takes, keeps } = removalOf(before, trees.before, withItsApplication ? 'Delete' : 'Prune');
    return { verdict, findings: [], ...(takes.length > 0 && { takes }), ...(keeps.length > 0 && { keeps }) };
  }
  if (!after) return undefined;
  const invalid = found.some(({ rule }) => REFUSING.has(rule));
  if (!before) return { verdict: invalid ? 'refused' : 'create', findings: [] };
  if (before.application !== after.application) return { verdict: 'move', findings: [moved(before, after)] };
  const refusals = refusalsOf(before.manifest, after.manifest, fields, trees.after);
  const judged = judge(before.manifest, after.manifest, fields, refusals, trees);
  return invalid ? { ...judged, verdict: 'refused' } : judged;
}

function moved(before: Placed, after: Placed): Finding {
  return {
    ...saidBy(MOVED),
    says: `${label(after.manifest)} moves from Application ${before.application} to ${after.application}, which fails until the former has pruned it: it is deleted and created again`,
    instead: 'keep it where it is; or protect it by Prune=false one commit earlier, then move it',
  };
}

function waveOf({ manifest, application }: Placed, tree: TreeSnapshot): [number, number] {
  const own = applicationOf(tree, application);
  // The root's own wave is that of its Application, which it syncs itself: last.
  return [own && application !== ROOT ? waveIn(own) : 0, waveIn(manifest)];
}

function waveIn({ metadata }: Manifest): number {
  return Number(metadata.annotations?.[SYNC_WAVE] ?? 0);
}

const GOES = new Set<Entry['verdict']>(['delete', 'cascade', 'confirm', 'kept']);

/** As Argo CD acts: the root first, then by waves; what is pruned comes last of its Application, in reverse. */
export function inOrder(one: Entry, other: Entry): number {
  const [last, lastOfOther] = [one, other].map(({ verdict }) => Number(GOES.has(verdict)));
  const own = one.wave[1] - other.wave[1];
  return (
    Number(other.application === ROOT) - Number(one.application === ROOT) ||
    one.wave[0] - other.wave[0] ||
    byText(one.application, other.application) ||
    last! - lastOfOther! ||
    (last ? -own : own) ||
    byText(one.object, other.object)
  );
}

function byText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
