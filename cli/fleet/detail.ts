import type { ClusterOverview, ComponentOverview, FleetOverview, Volumes } from '../../charts/fleet/overview/model.ts';
import { NONE } from '../../charts/fleet/overview/pod-requests.ts';
import type { Line } from '../plan/lines.ts';
import { REQUESTS, written } from './figures.ts';
import { lists } from './lists.ts';
import { mainOf } from './matrix.ts';
import { bytes, plain, withChange } from './quantities.ts';
import { table, type TableRow } from './table.ts';

/** The cluster now, and at the base if there is one. */
export interface Sides {
  readonly now: ClusterOverview;
  readonly before: ClusterOverview | undefined;
}

/** Rows by component, and their total. */
export interface Part {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly TableRow[];
  readonly total: TableRow;
}

/** The only cluster of an overview in detail. */
export function detail({ clusters: [now], base }: FleetOverview, columns: number): Line[] {
  if (!now) return [];
  const sides = { now, before: base?.clusters[0] };
  const parts = [...partsOf(sides).map((part) => section(part, columns)), ...lists(sides, columns)].filter(
    (lines) => lines.length > 0,
  );
  return parts.flatMap((lines, i) => (i > 0 ? [[], ...lines] : lines));
}

/** What a cluster asks for, by component; parts without any are left out. */
export function partsOf(sides: Sides): Part[] {
  return [
    requests('Requests', sides, 'running'),
    requests('Requests on every node', sides, 'perNode'),
    requests('Requests of jobs while they run', sides, 'jobs'),
    volumes(sides),
  ].filter(({ rows }) => rows.length > 0);
}

/** A table with a total below, if it has several rows. */
function section({ title, heads, rows, total }: Part, columns: number): Line[] {
  const all = rows.length > 1 ? [...rows, { ...total, style: 'bold' as const }] : rows;
  const indented = all.map((row) => ({ ...row, label: `  ${row.label}` }));
  return [[{ text: title, style: 'bold' as const }], ...table(heads, indented, columns)];
}

function requests(title: string, sides: Sides, life: 'running' | 'perNode' | 'jobs'): Part {
  const cells = (of: (cluster: ClusterOverview) => typeof NONE | undefined): string[] =>
    REQUESTS.map((figure) => written(figure, of(sides.now) ?? NONE, sides.before && (of(sides.before) ?? NONE)));
  const rows = namesOf(sides)
    .filter((name) => both(sides).some((cluster) => (named(cluster, name)?.[life].pods ?? 0) > 0))
    .map((name) => ({
      label: name,
      cells: [mainOf(named(sides.now, name)) ?? '–', ...cells((cluster) => named(cluster, name)?.[life])],
    }));
  const total = { label: 'total', cells: ['', ...cells(({ totals }) => totals[life])] };
  return { title, heads: ['version', ...REQUESTS.map(({ label }) => label)], rows, total };
}

function volumes(sides: Sides): Part {
  const cells = (of: (cluster: ClusterOverview) => readonly Volumes[]): string[] => {
    const [now, before] = [sumsOf(of(sides.now)), sides.before && sumsOf(of(sides.before))];
    return [withChange(plain, now.volumes, before?.volumes), withChange(bytes, now.bytes, before?.bytes)];
  };
  const rows = namesOf(sides).flatMap((name) => {
    const ofComponent = (cluster: ClusterOverview) => named(cluster, name)?.volumes ?? [];
    const classes = new Set(
      both(sides)
        .flatMap(ofComponent)
        .map(({ storageClass }) => storageClass),
    );
    return [...classes].map((storageClass) => ({
      label: name,
      cells: [
        storageClass || '(default)',
        ...cells((cluster) => ofComponent(cluster).filter((one) => one.storageClass === storageClass)),
      ],
    }));
  });
  const total = { label: 'total', cells: ['', ...cells(({ totals }) => totals.volumes)] };
  return { title: 'Volumes', heads: ['StorageClass', 'volumes', 'size'], rows, total };
}

function sumsOf(all: readonly Volumes[]): Pick<Volumes, 'volumes' | 'bytes'> {
  return {
    volumes: all.reduce((sum, one) => sum + one.volumes, 0),
    bytes: all.reduce((sum, one) => sum + one.bytes, 0),
  };
}

function both({ now, before }: Sides): ClusterOverview[] {
  return before ? [now, before] : [now];
}

function namesOf(sides: Sides): string[] {
  return [...new Set(both(sides).flatMap(({ components }) => components.map(({ name }) => name)))].toSorted();
}

function named({ components }: ClusterOverview, name: string): ComponentOverview | undefined {
  return components.find((one) => one.name === name);
}
