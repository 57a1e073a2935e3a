import { createHash } from 'node:crypto';
import { basename, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** The style and the script of the page, as text for its elements. */
export interface Assets {
  readonly css: string;
  readonly js: string;
}

let built: Assets | undefined;

/** What browsers get of `cli/plan/page`: one style and one script, built once. */
export function assets(): Assets {
  built ??= build();
  return built;
}

/** The source of a content security policy that allows exactly this text. */
export function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function build(): Assets {
  const [style = '', script = ''] = browserFiles('plan', ['page.css', 'page.ts']);
  return { css: style, js: script };
}

/** What browsers get of files of `cli/<part>/page`, each one text with all that it imports. */
export function browserFiles(part: 'plan' | 'fleet', files: readonly string[]): string[] {
  const { outputFiles } = buildSync({
    entryPoints: [...files],
    absWorkingDir: pageFolder(part),
    outdir: 'built',
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    charset: 'utf8',
    logLevel: 'silent',
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text.trim()]));
  return files.map((file) => texts.get(file.replace(/\.ts$/, '.js')) ?? '');
}

/** In the bundle of the command line, this module has the address of `cli/main.ts`. */
function pageFolder(part: string): string {
  const here = fileURLToPath(import.meta.url);
  const cli = `${sep}cli${sep}`;
  return join(here.slice(0, here.lastIndexOf(cli)), 'cli', part, 'page');
}
