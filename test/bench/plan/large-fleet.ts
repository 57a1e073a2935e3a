import type { File } from './repository.ts';

type Files = ReadonlyMap<string, string>;

/** A fleet whose clusters are copies of one of these files, with names, domains and ids of their own. */
export function* largeFleet(files: Files, clusters: number, objects: number): Generator<File> {
  const original = largestWithFacts(files);
  const rendered = enlarged(below(files, `dist/${original}/`), objects);
  const facts = files.get(`clusters/${original}/facts.json`) ?? '{}';
  const { domain } = JSON.parse(rendered.get('cluster.json') ?? '{}') as { readonly domain: string };
  const ids = [...new Set(facts.match(/[\da-f]{8}-[\da-f-]{27}|\b\d{12}\b/g))];
  for (let i = 0; i < clusters; i++) {
    const name = nameOf(i);
    const values = [
      [domain, `${name}.example.com`] as const,
      [original, name] as const,
      ...ids.map((id) => [id, `${String(i).padStart(4, '0')}${id.slice(4)}`] as const),
    ];
    const own = (text: string): string => values.reduce((now, [old, value]) => now.replaceAll(old, value), text);
    yield [`clusters/${name}/facts.json`, own(facts)];
    for (const [path, text] of rendered) yield [`dist/${name}/${own(path)}`, own(text)];
  }
}

function nameOf(index: number): string {
  return `c${String(index).padStart(3, '0')}`;
}

/** The cluster with most files, of those whose facts are known. */
function largestWithFacts(files: Files): string {
  const names = [...files.keys()].flatMap((path) => /^clusters\/([^/]+)\/facts\.json$/.exec(path)?.[1] ?? []);
  const sizeOf = (name: string): number => below(files, `dist/${name}/`).size;
  const [largest] = names.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  if (largest === undefined) throw new Error('no cluster has facts: clusters/*/facts.json');
  return largest;
}

function below(files: Files, folder: string): Map<string, string> {
  return new Map(
    [...files].flatMap(([path, text]) => (path.startsWith(folder) ? [[path.slice(folder.length), text]] : [])),
  );
}

/** As many objects: what is missing are copies in namespaces of their own. */
function enlarged(files: Files, objects: number): Files {
  const all = new Map(files);
  for (let copy = 2; all.size <= objects; copy++)
    for (const [path, text] of files) {
      if (all.size > objects) break;
      if (path.includes('/')) all.set(...copied(path, text, `-${copy}`));
    }
  return all;
}

function copied(path: string, text: string, suffix: string): [string, string] {
  const [folder = '', file = ''] = path.split('/');
  if (folder === 'applications')
    return [
      `${folder}/${file.replace(/\.yaml$/, `${suffix}.yaml`)}`,
      text.replace(/^ {2}name: .*$/m, `$&${suffix}`).replaceAll(/^ {4}path: .*$/gm, `$&${suffix}`),
    ];
  const inNamespace = text.replaceAll(/^( *namespace: .*)$/gm, `$1${suffix}`);
  return [
    `${folder}${suffix}/${file}`,
    /^ {2}namespace: /m.test(text) ? inNamespace : inNamespace.replace(/^ {2}name: .*$/m, `$&${suffix}`),
  ];
}
