import { readFileSync } from 'node:fs';
import { z } from 'zod';

const manifest = z.object({ name: z.string(), version: z.string() });

/**
 * Name (without the scope) and version of the package of a file directly under `src/` or `build/`.
 *
 * @param url the file's `import.meta.url`
 */
export function packageOf(url: string): { readonly name: string; readonly version: string } {
  const { name, version } = manifest.parse(JSON.parse(readFileSync(new URL('../package.json', url), 'utf8')));
  return { name: name.replace(/^@[^/]+\//, ''), version };
}
