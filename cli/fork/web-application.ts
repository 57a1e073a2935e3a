import { Fault } from '../../charts/fault.ts';
import { misuse, select } from '../unknown.ts';
import { clusterFile, clustersIn, ringsIn } from './lists.ts';
import { withProperty } from './literals.ts';
import { camel, capital } from './named.ts';
import { applyDiff, blocksOf } from './recipe.ts';
import { type Sources, unexpected } from './sources.ts';

/** The document that says how a web application is added, by the example of one; each of its blocks is an edit. */
const RECIPE = 'docs/add-a-web-application.md';
const EXAMPLE = 'handbook';
/** Its sections that every web application needs. */
const SECTIONS = new Set(['The component', 'Its place in a cluster']);
/** The files of clusters and pins, which `<name>` and `<ring>` stand for. */
const FLEET = /^clusters\//;

/** A web application whose image is not built here. */
export interface WebApplication {
  readonly name: string;
  /** With its tag, and perhaps its digest. */
  readonly image: string;
  /** The clusters that run it. @default all */
  readonly clusters: readonly string[];
}

/**
 * Adds a component as docs/add-a-web-application.md does it, under another name: its code with a test, its section, its place in the
 * composition root, its pin in the rings of the clusters that run it, and its section there.
 *
 * @throws Fault for an image without a tag, an unknown cluster, or code that the document does not fit any more
 */
export function addWebApplication(sources: Sources, { name, image, clusters }: WebApplication): void {
  const pin = pinOf(image);
  for (const { file, language, code } of recipe(sources)) {
    const path = renamed(file, name);
    if (language !== 'diff') sources.write(path, renamed(code, name));
    else sources.edit(path, (text) => fitted(path, () => applyDiff(text, renamed(code, name))));
  }
  const chosen = select('there is no cluster', clustersIn(sources), clusters);
  for (const [ring, members] of ringsIn(sources))
    if (members.some((cluster) => chosen.includes(cluster)))
      sources.write(`clusters/pins/${ring}/${name}.json`, `${JSON.stringify({ [name]: pin }, null, 2)}\n`);
  for (const cluster of chosen)
    sources.edit(clusterFile(cluster), (text) => {
      const edited = withProperty(text, [], camel(name), '{}');
      if (edited === undefined) throw unexpected(clusterFile(cluster), 'the object of its settings');
      return edited;
    });
}

function recipe(sources: Sources): ReturnType<typeof blocksOf> {
  if (!sources.has(RECIPE)) throw unexpected(RECIPE, 'how a web application is added');
  return blocksOf(sources.read(RECIPE)).filter(({ section, file }) => SECTIONS.has(section) && !FLEET.test(file));
}

function fitted(path: string, edit: () => string): string {
  try {
    return edit();
  } catch {
    throw unexpected(path, `a place that ${RECIPE} names`);
  }
}

function pinOf(image: string): Readonly<Record<string, string>> {
  const [, packageName, version, digest] = /^([^@]+):([^:/@]+)(?:@(sha256:[0-9a-f]{64}))?$/.exec(image) ?? [];
  if (packageName === undefined || version === undefined)
    throw new Fault(
      misuse('an image has a tag', image, 'such as ghcr.io/acme/wiki:1.2.3, with @sha256:… if it is known'),
    );
  return { datasource: 'docker', packageName, version, ...(digest && { digest }) };
}

/**
 * A text of the example as that of another component: its name as it is in strings, paths and comments, and as an identifier elsewhere,
 * also as the first key of a setting's path.
 */
function renamed(text: string, name: string): string {
  return text
    .split('\n')
    .map((line) => {
      if (/^[+ -]?\s*(?:\/?\*|\/\/)/.test(line)) return line.replaceAll(EXAMPLE, name);
      return line
        .replaceAll(capital(EXAMPLE), capital(camel(name)))
        .replaceAll(new RegExp(`(?<=\\[')${EXAMPLE}(?=',)|(?<!['/\`])${EXAMPLE}`, 'g'), camel(name))
        .replaceAll(EXAMPLE, name);
    })
    .join('\n');
}
