import { SourceMap } from 'node:module';
import { resolve } from 'node:path';

/**
 * Gives stack traces the positions of the sources, which messages name. Node would parse the map at every start; here the
 * first stack trace that is looked at does.
 *
 * @param url the address of the bundle
 * @param map its source map, as JSON
 * @param folder the sources are relative to it
 */
export function nameSources(url, map, folder) {
  let parsed;
  const source = (site) => {
    const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
    parsed ??= new SourceMap(JSON.parse(map.toString()));
    const { originalSource, originalLine, originalColumn } = parsed.findEntry(line - 1, column - 1);
    if (originalSource === undefined) return String(site);
    const position = `${resolve(folder, originalSource)}:${originalLine + 1}:${originalColumn + 1}`;
    return String(site).replace(`${url}:${line}:${column}`, () => position);
  };
  Error.prepareStackTrace = (error, sites) =>
    [
      Error.prototype.toString.call(error),
      ...sites.map((site) => (site.getFileName() === url ? source(site) : String(site))),
    ].join('\n    at ');
}
