import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestsSettings } from '../../charts/components/manifests/settings.ts';
import { KINDS } from '../../charts/kinds/index.ts';
import type { Manifest } from '../../charts/lib/manifest.ts';
import { type Program, run } from './program.ts';
import type { Place } from './unpack.ts';
import { objectsIn } from './yaml.ts';

const HELM: Program = { name: 'helm', install: 'https://helm.sh/docs/intro/install' };

/** The version that charts find, on every cluster and machine: the one that bootstrap installs. */
export const KUBE_VERSION = '1.35.0';

/** API versions and kinds that every API server has: without a cluster, helm knows only a part of them. */
const BUILT_IN = [
  ...new Set(
    KINDS.filter(({ builtIn }) => builtIn).flatMap(({ group, versions, kind }) =>
      versions.map((version) => (group ? `${group}/${version}` : version)).flatMap((api) => [api, `${api}/${kind}`]),
    ),
  ),
];

/** The objects of a chart, in the order of helm: those of `crds/` too, without tests. */
export async function renderChart(
  chart: string,
  { values, release, noHooks, apiVersions }: NonNullable<ManifestsSettings['helm']>,
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
  const versions = [...BUILT_IN, ...apiVersions].flatMap((version) => ['--api-versions', version]);
  const text = await run(HELM, [...args, ...options, ...versions], { entry, place, home });
  return objectsIn(text, 'the output of helm', place);
}
