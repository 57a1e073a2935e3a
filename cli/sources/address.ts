import { load } from 'js-yaml';
import { Fault, suggest } from '../../charts/fault.ts';
import { listAt, textAt } from '../../charts/lib/manifest.ts';
import type { Pin } from '../../charts/pins.ts';
import { download, type Limits } from './download.ts';
import type { Place } from './unpack.ts';

const GITHUB = 'https://github.com';
const LATEST = 5;

/**
 * The address of a pin's archive. That of a chart is in the index of its repository, which is downloaded.
 *
 * @throws Fault if the index cannot be downloaded, or does not have the chart in this version
 */
export async function addressOf(pin: Pin, place: Place, limits?: Limits): Promise<string> {
  const { datasource, packageName, version, asset, registryUrl = GITHUB } = pin;
  if (datasource === 'helm') return chartAddress(pin, place, limits);
  const repository = `${withoutSlash(registryUrl)}/${packageName}`;
  return asset === undefined
    ? `${repository}/archive/refs/tags/${version}.tar.gz`
    : `${repository}/releases/download/${version}/${asset}`;
}

async function chartAddress(
  { packageName, version, registryUrl }: Pin,
  place: Place,
  limits: Limits | undefined,
): Promise<string> {
  if (registryUrl === undefined)
    throw new Fault({
      what: `the chart "${packageName}" has no registryUrl`,
      ...place,
      fix: 'add the URL of its repository to the pin: "registryUrl": "https://…"',
    });
  const index = `${withoutSlash(registryUrl)}/index.yaml`;
  const content = parsed(await download(index, place, limits), index, place);
  const charts = Object.keys((content as { readonly entries?: object }).entries ?? {});
  if (!charts.includes(packageName))
    throw new Fault({
      what: `${index} has no chart "${packageName}"`,
      ...place,
      seen: packageName,
      fix: charts.length > 0 ? nearest(packageName, charts) : 'check the registryUrl of the pin',
    });
  const releases = listAt(content, 'entries', packageName);
  const release = releases.find((one) => textAt(one, 'version') === version);
  const url = textAt(release, 'urls', 0);
  if (url === undefined)
    throw new Fault({
      what: `${index} has no version ${version} of "${packageName}"`,
      ...place,
      seen: version,
      fix: `the latest are ${releases
        .slice(0, LATEST)
        .map((one) => textAt(one, 'version'))
        .join(', ')}`,
    });
  if (url.startsWith('oci:'))
    throw new Fault({
      what: `the chart "${packageName}" is in an OCI registry, which is not supported`,
      ...place,
      seen: url,
      fix: 'pin the chart from a classic repository, or its source with github-tags and helm.path',
    });
  return new URL(url, index).href;
}

function parsed(bytes: Buffer, index: string, place: Place): unknown {
  try {
    return load(bytes.toString('utf8'));
  } catch (error) {
    throw new Fault({
      what: `${index} is not YAML`,
      ...place,
      seen: (error as Error).message.split('\n')[0],
      fix: 'check the registryUrl of the pin: it must be a classic chart repository',
    });
  }
}

/** A repository may have hundreds of charts: they are not listed. */
function nearest(name: string, charts: readonly string[]): string {
  const text = suggest(name, charts);
  return text.startsWith('did you mean') ? text : 'check the packageName and the registryUrl of the pin';
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
