import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { listAt, type Manifest, textAt } from '../../../charts/lib/manifest.ts';

/** What was rendered, in numbers. */
export interface Content {
  readonly files: number;
  readonly bytes: number;
  /** Objects, those of lists one by one. */
  readonly objects: number;
  readonly definitions: number;
  readonly alerts: number;
  /** Recording rules. */
  readonly recorded: number;
  readonly dashboards: number;
}

/** Counts what files with one object each hold, as YAML if so named, else as JSON. */
export function contentOf(files: readonly string[]): Content {
  const texts = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const objects = texts.flatMap(({ file, text }) =>
    unlisted((file.endsWith('.yaml') ? load(text) : JSON.parse(text)) as Manifest),
  );
  const rules = ofKind(objects, 'PrometheusRule')
    .flatMap((one) => listAt(one, 'spec', 'groups'))
    .flatMap((group) => listAt(group, 'rules'));
  return {
    files: files.length,
    bytes: texts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
    objects: objects.length,
    definitions: ofKind(objects, 'CustomResourceDefinition').length,
    alerts: rules.filter((rule) => textAt(rule, 'alert') !== undefined).length,
    recorded: rules.filter((rule) => textAt(rule, 'record') !== undefined).length,
    dashboards: ofKind(objects, 'ConfigMap')
      .flatMap(({ data }) => Object.entries(data as Readonly<Record<string, string>>))
      .filter(([name, text]) => name.endsWith('.json') && listAt(JSON.parse(text), 'panels').length > 0).length,
  };
}

/** What one content has more than another. */
export function difference(all: Content, some: Content): Content {
  const entries = Object.entries(all) as [keyof Content, number][];
  return Object.fromEntries(entries.map(([what, count]) => [what, count - some[what]])) as unknown as Content;
}

export function describe({ files, objects, definitions, alerts, recorded, dashboards, bytes }: Content): string {
  const kilobytes = Math.round(bytes / 1000);
  return `${files} files, ${objects} objects (${definitions} definitions), ${alerts} alerts, ${recorded} recording rules, ${dashboards} dashboards, ${kilobytes} kB`;
}

function ofKind(objects: readonly Manifest[], kind: string): Manifest[] {
  return objects.filter((one) => one.kind === kind);
}

/** The objects of a list, such as a ConfigMapList; any other object alone. */
function unlisted(object: Manifest): Manifest[] {
  return object.kind.endsWith('List') ? (object['items'] as Manifest[]) : [object];
}
