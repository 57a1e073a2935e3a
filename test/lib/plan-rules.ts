import { beforeAll, describe, expect, it } from 'vitest';
import { identityOf, type Manifest } from '../../charts/lib/manifest.ts';
import type { Placed } from '../../charts/plan/change.ts';
import type { Finding } from '../../charts/plan/model.ts';
import { findingsOf } from '../../charts/plan/rules/index.ts';
import type { GradedRule } from '../../charts/plan/rules/rule.ts';
import { snapshotOf } from './snapshot-of.ts';
import { APPLICATIONS, type ClusterObjects } from './cluster-objects.ts';
import { Draft } from './draft.ts';
import { renderTestFleet } from './fleet.ts';

/** An edit of a rendered cluster. */
export type Edit = (draft: Draft) => void;

/** What proves a rule: edits by what they do. */
export interface Proof {
  /** Adds what the cluster lacks, before and after the edits. */
  readonly given?: Edit;
  /** Edits that the rule must report, each with what it says of one object. */
  readonly fires: Readonly<Record<string, readonly [Edit, RegExp]>>;
  /** Edits that it must say nothing of. */
  readonly quiet: Readonly<Record<string, Edit>>;
}

const CLUSTER = 'test-aks';
/** All clusters are rendered, once. */
const RENDER_MS = 60_000;

/** Proves every rule of a list both ways, on edits of a rendered cluster. */
export function prove(rules: readonly GradedRule[], proofs: Readonly<Record<string, Proof>>): void {
  let cluster: ClusterObjects;
  beforeAll(async () => {
    cluster = (await renderTestFleet()).find(({ name }) => name === CLUSTER)!;
  }, RENDER_MS);

  it('every rule has a change that it reports and one that it does not', () => {
    expect(Object.keys(proofs).toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
    const halves = Object.entries(proofs).filter(
      ([, { fires, quiet }]) => Object.keys(fires).length === 0 || Object.keys(quiet).length === 0,
    );
    expect(halves.map(([id]) => id)).toEqual([]);
  });

  describe.each(Object.entries(proofs))('%s', (id, { given, fires, quiet }) => {
    it.each(Object.entries(fires))('reports: %s', (_, [edit, says]) => {
      const found = findingsOfEdit(cluster, given, edit).filter(({ rule }) => rule === id);
      expect(found.map((one) => one.says)).toContainEqual(expect.stringMatching(says));
      const severity = rules.find((rule) => rule.id === id)?.severity;
      expect(found.filter((one) => one.severity !== severity || one.says.endsWith('.'))).toEqual([]);
    });
    it.each(Object.entries(quiet))('is quiet about: %s', (_, edit) => {
      const found = findingsOfEdit(cluster, given, edit).filter(({ rule }) => rule === id);
      expect(found.map((one) => one.says)).toEqual([]);
    });
  });
}

/** What all rules say of the changes that an edit makes. @throws Error if it makes none */
export function findingsOfEdit(cluster: ClusterObjects, given: Edit | undefined, edit: Edit): Finding[] {
  const old = new Draft(cluster);
  given?.(old);
  const now = new Draft(old);
  edit(now);
  return findingsBetween(old, now);
}

/** What all rules say of the changes from one state of a cluster to another. @throws Error if they are equal */
export function findingsBetween(old: ClusterObjects, now: ClusterObjects): Finding[] {
  const [before, after] = [placedBy(old), placedBy(now)];
  const around = { before: snapshotOf([...before.values()]), after: snapshotOf([...after.values()]) };
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (identity) => JSON.stringify(before.get(identity)) !== JSON.stringify(after.get(identity)),
  );
  if (changed.length === 0) throw new Error('the edit changes nothing');
  // Rules read both versions, not the list of differences.
  return changed.flatMap((identity) =>
    findingsOf({ before: before.get(identity), after: after.get(identity), fields: [] }, around),
  );
}

/** Objects by identity. The root Application syncs the others. */
function placedBy({ objects }: ClusterObjects): Map<string, Placed> {
  return new Map(
    objects.map(({ manifest, component }) => [
      identityOf(manifest),
      { manifest, application: component === APPLICATIONS ? 'root' : component },
    ]),
  );
}

type Which = Parameters<Draft['find']>[1];
type Path = readonly (string | number)[];

/** Sets a field of an object, whose parent must exist. */
export const set =
  (kind: string, which: Which, path: Path, value: unknown): Edit =>
  (draft) =>
    draft.set(draft.find(kind, which), path, value);

/** Removes a field of an object. */
export const drop =
  (kind: string, which: Which, ...path: Path): Edit =>
  (draft) =>
    draft.drop(draft.find(kind, which), ...path);

/** Appends to a list of an object. */
export const push =
  (kind: string, which: Which, path: Path, item: unknown): Edit =>
  (draft) =>
    draft.push(draft.find(kind, which), path, item);

/** Removes an object. */
export const remove =
  (kind: string, which?: Which): Edit =>
  (draft) =>
    draft.remove(draft.find(kind, which));

/** Adds an object to the component hello, or to another one. */
export const add =
  (manifest: Manifest, component = 'hello'): Edit =>
  (draft) => {
    draft.add(component, manifest);
  };

/** Several edits as one. */
export const all =
  (...edits: readonly Edit[]): Edit =>
  (draft) =>
    edits.forEach((edit) => edit(draft));

/** An object of a name in a namespace. */
export const within =
  (namespace: string, name: string) =>
  ({ metadata }: Manifest): boolean =>
    metadata.namespace === namespace && metadata.name === name;

/** The path of the pod spec in kinds with a pod template, and of its first container. */
export const POD = ['spec', 'template', 'spec'] as const;
export const CONTAINER = [...POD, 'containers', 0] as const;
