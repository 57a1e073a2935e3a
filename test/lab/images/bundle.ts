import { build, version, type BuildOptions } from 'esbuild';

/** What all bundles have in common. Names stay: classes of the shell and errors show theirs. */
const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** Decides what a bundle is like, beside its sources and options. */
export const BUNDLER = [version, COMMON] as const;

/** Options of a bundle. */
export interface BundleOptions {
  /** Modules that are loaded, if ever, as before. @default none */
  readonly external?: readonly string[];
  /** Folders of packages, by name. @default none: the packages that Node would find */
  readonly packages?: Readonly<Record<string, string>>;
  /** Global constants, as JavaScript expressions. @default none */
  readonly define?: Readonly<Record<string, string>>;
}

/**
 * Bundles a CommonJS program into the text of a function with the parameters of a CommonJS module, which `vm.Script` can
 * compile as it is.
 * @throws Error if a module is missing that is not external
 */
export async function bundledFunction(entry: string, options: BundleOptions): Promise<string> {
  const { outputFiles } = await build({
    ...COMMON,
    ...optionsOf(options),
    entryPoints: [entry],
    format: 'cjs',
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    write: false,
  });
  return outputFiles[0]!.text;
}

/**
 * Bundles ECMAScript modules into a folder, under their own names. What they share is in files beside them.
 * @throws Error if a module is missing that is not external
 */
export async function bundleInto(folder: string, entries: readonly string[], options: BundleOptions): Promise<void> {
  await build({
    ...COMMON,
    ...optionsOf(options),
    entryPoints: [...entries],
    format: 'esm',
    splitting: true,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    // CommonJS libraries call `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
    },
  });
}

function optionsOf({ external = [], packages, define }: BundleOptions): BuildOptions {
  return { external: [...external], alias: { ...packages }, define: { ...define } };
}
