import { clusterFile, clustersIn, ringsIn } from './lists.ts';
import { keysAt, valueAt, withoutProperty, withProperty } from './literals.ts';
import { named } from './named.ts';
import { type Sources, unexpected } from './sources.ts';

const SERVICES = 'services';
const COMPOSE = 'apps/compose.yaml';
const LOCK = 'package-lock.json';

/** The services with code in the repository. */
export function servicesIn(sources: Sources): string[] {
  return sources.list('apps').filter((name) => sources.has(`apps/${name}/Dockerfile`));
}

/** Services whose data is in a section, in any cluster. */
export function servicesOn(sources: Sources, section: string): string[] {
  const found = clustersIn(sources).flatMap((name) => {
    const text = sources.read(clusterFile(name));
    return keysAt(text, [SERVICES]).filter(
      (service) => valueAt(text, [SERVICES, service, 'database'])?.slice(1, -1) === section,
    );
  });
  return [...new Set(found)].sort();
}

/** What a new service has of its own. */
export interface NewService {
  readonly name: string;
  /** The service that it is like. */
  readonly like: string;
}

/** The version that it begins with. */
const FIRST = '0.1.0';

/**
 * Adds a service as a copy of another one: its code, and its entries in the clusters and rings that run the other one, the lock file, the
 * compose file and the image repositories.
 */
export function addService(sources: Sources, { name, like }: NewService): void {
  for (const file of sources.files(`apps/${like}`))
    sources.write(
      `apps/${name}${named(file.slice(`apps/${like}`.length), like, name)}`,
      named(sources.read(file), like, name),
    );
  sources.edit(`apps/${name}/package.json`, (text) => text.replace(/("version": )"[^"]*"/, `$1"${FIRST}"`));
  for (const cluster of clustersIn(sources)) {
    const settings = valueAt(sources.read(clusterFile(cluster)), [SERVICES, like]);
    if (settings !== undefined)
      sources.edit(clusterFile(cluster), (text) => withProperty(text, [SERVICES], name, settings) ?? text);
  }
  for (const ring of ringsIn(sources).keys()) copyPin(sources, `clusters/pins/${ring}`, like, name);
  sources.edit(LOCK, (text) => locked(text, like, name));
  sources.edit(COMPOSE, (text) => composed(text, like, name));
  for (const root of sources.list('bootstrap/roots'))
    sources.edit(`bootstrap/roots/${root}/main.tf`, (text) =>
      text.replace(/^( +images += \[)([^\]]*)\]/m, (all, before: string, list: string) =>
        list.includes(`"${like}"`) ? `${before}${[...list.split(', '), `"${name}"`].sort().join(', ')}]` : all,
      ),
    );
}

/** The pin of an image that nobody has published yet: without a digest. */
function copyPin(sources: Sources, folder: string, like: string, name: string): void {
  const file = `${folder}/${like}.json`;
  if (!sources.has(file)) return;
  const { [like]: pin } = JSON.parse(sources.read(file)) as Record<
    string,
    Record<string, unknown> & { packageName?: string }
  >;
  if (pin?.packageName === undefined) throw unexpected(file, `the pin ${like}`);
  const { digest: _digest, unpinnedBecause: _because, ...rest } = pin;
  const own = { ...rest, packageName: pin.packageName.replace(new RegExp(`${like}$`), name), version: FIRST };
  sources.write(`${folder}/${name}.json`, `${JSON.stringify({ [name]: own }, null, 2)}\n`);
}

/** What npm writes for a package of the workspace, so that `npm ci` installs it. */
function locked(text: string, like: string, name: string): string {
  const lock = JSON.parse(text) as { packages: Record<string, { readonly name?: string }> };
  const [scope = ''] = (lock.packages[`apps/${like}`]?.name ?? '').split('/');
  const packages = {
    ...lock.packages,
    [`apps/${name}`]: { ...lock.packages[`apps/${like}`], name: `${scope}/${name}`, version: FIRST },
    [`node_modules/${scope}/${name}`]: { resolved: `apps/${name}`, link: true },
  };
  const sorted = Object.fromEntries(Object.entries(packages).sort(([one], [other]) => one.localeCompare(other, 'en')));
  return `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`;
}

/** The compose file with one more service, on the next free ports. */
function composed(text: string, like: string, name: string): string {
  const [block] = new RegExp(`^  ${like}:(?:.*\\n)(?: {4}.*\\n)*\\n?`, 'm').exec(text) ?? [];
  if (block === undefined) return text;
  const own = named(block, like, name).replaceAll(
    /(127\.0\.0\.1:)(\d+)(:\d+)/g,
    (_, before: string, port: string, after: string) => {
      const used = [...text.matchAll(/127\.0\.0\.1:(\d+):/g)].map(([, one]) => Number(one));
      const near = used.filter((one) => Math.abs(one - Number(port)) < 100);
      return `${before}${Math.max(...near) + 1}${after}`;
    },
  );
  return text.replace(block, `${block.trimEnd()}\n\n${own.trimEnd()}\n\n`);
}

/** Removes services: their code, and their entries in the clusters, the compose file and the image repositories. */
export function removeServices(sources: Sources, names: readonly string[]): void {
  for (const name of names) {
    sources.remove(`apps/${name}`);
    for (const file of clustersIn(sources).map(clusterFile)) {
      sources.edit(file, (text) => withoutProperty(text, [SERVICES, name]));
      if (keysAt(sources.read(file), [SERVICES]).length === 0)
        sources.edit(file, (text) => withoutProperty(text, [SERVICES]));
    }
    removeFromCompose(sources, name);
    for (const root of sources.list('bootstrap/roots'))
      sources.edit(`bootstrap/roots/${root}/main.tf`, (text) =>
        text.replace(new RegExp(`"${name}", |, "${name}"|"${name}"`), ''),
      );
  }
}

/** Removes a service from the compose file, and with it what fills it with data. */
function removeFromCompose(sources: Sources, name: string): void {
  if (!sources.has(COMPOSE)) return;
  const seed = `seed-${name}`;
  if (sources.has(`apps/compose/${seed}.mjs`)) sources.remove(`apps/compose/${seed}.mjs`);
  for (const service of [name, seed])
    // Up to the next one, with the comment before it.
    sources.edit(COMPOSE, (text) =>
      text.replace(new RegExp(`^(?:  #.*\\n)?  ${service}:(?:.*\\n)(?: {4}.*\\n)*\\n?`, 'm'), ''),
    );
}
