import type {
  ClusterOverview,
  ComponentOverview,
  FleetOverview,
  ImageVersion,
} from '../../charts/fleet/overview/model.ts';
import { count } from '../plan/words.ts';

/** What a cell says of a component that its cluster does not have, and of one that has no version. */
export const ABSENT = '–';
const UNVERSIONED = '✓';

/** As much of a digest as tells two apart. */
const DIGEST_LENGTH = 'sha256:'.length + 8;

/** One line of a table about clusters, with a cell for each. */
export interface Row {
  readonly label: string;
  readonly cells: readonly string[];
  /** True if the clusters that have it do not have the same. */
  readonly differs: boolean;
  /** True of an image beside the main one of the component above. */
  readonly below: boolean;
}

/** The versions of all components in all clusters; with a base, `1.0 → 1.1` where one has changed. */
export function matrix({ clusters, base }: FleetOverview): Row[] {
  const names = new Set(
    [...clusters, ...(base?.clusters ?? [])].flatMap((one) => one.components.map(({ name }) => name)),
  );
  return [...names].toSorted().flatMap((name) => {
    const now = clusters.map((cluster) => componentOf(cluster, name));
    const before = base?.clusters.map((cluster) => componentOf(cluster, name));
    return [
      row(name, now.map(mainOf), before?.map(mainOf), false),
      ...besides([...now, ...(before ?? [])])
        .map((image) => row(image, now.map(imageOf(image)), before && besidesBefore(image, now, before), true))
        // What is the same everywhere is no news beside the main image.
        .filter(({ differs, cells }) => differs || cells.some((cell) => cell.includes('→'))),
    ];
  });
}

function componentOf({ components }: ClusterOverview, name: string): ComponentOverview | undefined {
  return components.find((component) => component.name === name);
}

type Cell = string | undefined;

function row(name: string, now: readonly Cell[], before: readonly Cell[] | undefined, below: boolean): Row {
  const cells = now.map((cell, i) => {
    const old = before ? before[i] : cell;
    return old === cell ? (cell ?? ABSENT) : `${old ?? ABSENT} → ${cell ?? ABSENT}`;
  });
  const differs = new Set(now.filter((cell) => cell !== undefined)).size > 1;
  return { label: below ? (name.split('/').at(-1) ?? name) : name, cells, differs, below };
}

/** The version of a component in a word or two. */
export function mainOf(component: ComponentOverview | undefined): Cell {
  if (!component) return undefined;
  const { image, images, upstream } = component;
  if (image !== undefined) return imageOf(image)(component);
  if (images.length > 0) return count(images.length, 'image');
  return [...new Set(upstream.map(({ version }) => version))].join(', ') || UNVERSIONED;
}

/** The versions of one image in a component. */
function imageOf(name: string): (component: ComponentOverview | undefined) => Cell {
  return (component) => {
    const versions = (component?.images ?? []).filter((image) => image.name === name).map(versionOf);
    return versions.length > 0 ? versions.join(', ') : undefined;
  };
}

function versionOf({ tag, digest }: ImageVersion): string {
  const pinned = digest?.slice(0, DIGEST_LENGTH).replace(/^sha256:/, '@');
  return `${tag ?? ''}${pinned ?? ''}` || 'latest';
}

/** A component that is new has no image that is new in it. */
function besidesBefore(
  image: string,
  now: readonly (ComponentOverview | undefined)[],
  before: readonly (ComponentOverview | undefined)[],
): Cell[] {
  return now.map((component, i) => imageOf(image)(before[i] ?? component));
}

/** Names of images other than the main one, of one component in several clusters. */
function besides(components: readonly (ComponentOverview | undefined)[]): string[] {
  const names = components.flatMap((one) =>
    (one?.images ?? []).flatMap(({ name }) => (name === one?.image ? [] : [name])),
  );
  return [...new Set(names)].toSorted();
}
