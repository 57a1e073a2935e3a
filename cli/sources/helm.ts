import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestsSettings } from '../../charts/components/manifests/settings.ts';
import type { Manifest } from '../../charts/lib/manifest.ts';
import { type Program, run } from './program.ts';
import type { Place } from './unpack.ts';
import { objectsIn } from './yaml.ts';

const HELM: Program = { name: 'helm', install: 'https://helm.sh/docs/intro/install' };

/** The version that charts see, whatever cluster: a rendering must not depend on a machine. As bootstrap installs. */
export const KUBE_VERSION = '1.35.0';

/** The objects of a chart, in the order of helm: those of `crds/` too, without tests. */
export async function renderChart(
  chart: string,
  { values, release, noHooks }: NonNullable<ManifestsSettings['helm']>,
  { entry, place, home }: { readonly entry: string; readonly place: Place; readonly home: string },
): Promise<Manifest[]> {
  const file = join(home, 'values.json');
  writeFileSync(file, JSON.stringify(values));
  const args = ['template', release ?? entry, chart, '--namespace', entry, '--values', file];
  const options = [
    '--include-crds',
    '--skip-tests',
    '--kube-version',
    KUBE_VERSION,
    ...(noHooks ? ['--no-hooks'] : []),
  ];
  return objectsIn(await run(HELM, [...args, ...options], { entry, place, home }), 'the output of helm', place);
}
