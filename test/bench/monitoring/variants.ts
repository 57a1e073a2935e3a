import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterFile, sections } from '../../../charts/cluster-file.ts';
import { renderCluster } from '../../../charts/render/render.ts';
import { ringOf, RINGS_FILE } from '../../../charts/rings.ts';
import { loadCluster } from '../../../cli/load.ts';
import { repository } from '../../../clusters/fleet.ts';
import { pinFilesOf, RING_PINS } from '../../../cli/pin-files.ts';
import { loadRings } from '../../../cli/rings.ts';
import { withoutPins } from '../../lib/cluster-files.ts';
import { importerOf } from '../../lib/load-fleet.ts';
import { type Bench, root } from '../measure.ts';

/** The sections of monitoring; a fork may lack some. */
export const MONITORING: readonly string[] = [
  'prometheusOperator',
  'prometheus',
  'alertmanager',
  'grafana',
  'nodeExporter',
  'kubeStateMetrics',
  'blackboxExporter',
  'alerts',
];

/** Sections that refer to others, and may refer to what a variant does not have. */
const REFERRING = new Set(['overrides', 'waivers']);

/** Sections that monitoring, or what no cluster can be without, may need: receivers read secrets, autoscalers metrics. */
const NEEDED: readonly string[] = ['secrets', 'metricsServer'];

/** The folders of copies of the repository, each with one variant of a cluster alone. */
export interface Variants {
  /** As its file says. */
  readonly monitored: string;
  /** The same without monitoring. */
  readonly unmonitored: string;
  /** With monitoring, what no cluster can be without, and the metrics API. */
  readonly monitoring: string;
}

/** Makes the variants of a cluster: its name stays the same, so that they differ in nothing else. */
export async function variantsOf({ scratch }: Bench, cluster: string): Promise<Variants> {
  const { default: file } = (await importerOf(root).cluster(cluster)) as { readonly default: ClusterFile };
  const required = Object.entries(sections.shape).flatMap(([name, schema]) =>
    schema.safeParse(undefined).success ? [] : [name],
  );
  const isOfMonitoring = (section: string): boolean => MONITORING.includes(section);
  const variant = async (name: string, has: (section: string) => boolean): Promise<string> => {
    const folder = join(scratch, name);
    const entries = Object.entries(file).filter(([section]) => has(section) && !REFERRING.has(section));
    await copyRepository(folder, cluster, Object.fromEntries(entries));
    await dropUnusedPins(folder, cluster);
    return folder;
  };
  return {
    monitored: await variant('monitored', () => true),
    unmonitored: await variant('unmonitored', (section) => !isOfMonitoring(section)),
    monitoring: await variant(
      'monitoring',
      // Changes of alerts may be of components that it lacks.
      (section) => section !== 'alerts' && [...required, ...MONITORING, ...NEEDED].includes(section),
    ),
  };
}

/** The cluster alone, in a ring of its own name. */
async function copyRepository(folder: string, cluster: string, file: object): Promise<void> {
  const clusterFolder = join('clusters', cluster);
  const ring = ringOf(await loadRings(root, importerOf(root)), cluster);
  mkdirSync(join(folder, 'clusters'), { recursive: true });
  for (const part of ['charts', 'cli', 'package.json', 'tsconfig.json', 'clusters/fleet.ts', clusterFolder])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(root, RING_PINS, ring.name), join(folder, RING_PINS, cluster), { recursive: true });
  const rings = `export default ${JSON.stringify({ [cluster]: { clusters: [cluster] } })};\n`;
  writeFileSync(join(folder, RINGS_FILE), rings);
  writeFileSync(join(folder, clusterFolder, 'cluster.ts'), `export default ${JSON.stringify(file, null, 2)};\n`);
}

/** A pin that nothing uses would be an error. */
async function dropUnusedPins(folder: string, name: string): Promise<void> {
  const cluster = await loadCluster(folder, name, importerOf(folder));
  renderCluster(cluster, repository);
  const unused = new Set(cluster.pins.unused());
  for (const { file } of pinFilesOf(folder, name)) {
    const text = readFileSync(join(folder, file), 'utf8');
    writeFileSync(
      join(folder, file),
      withoutPins(text, (pin) => unused.has(pin)),
    );
  }
}
