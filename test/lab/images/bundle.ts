import { build, version, type BuildOptions } from 'esbuild';

/** Names stay: classes of the shell and errors show theirs. */
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
  /** Global constants, as JavaScript expressions. @default none */
  readonly define?: Readonly<Record<string, string>>;
}

/**
 * Bundles a CommonJS program into the text of a function with the parameters of a CommonJS module, which `vm.Script` can
 * compile as it is.
 * @throws Error if a module is missing that is not external
 */
export async function bundledFunction(entry: string, { external = [], define = {} }: BundleOptions): Promise<string> {
  const { outputFiles } = await build({
    ...COMMON,
    external: [...external],
    define: { ...define },
    entryPoints: [entry],
    format: 'cjs',
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    write: false,
  });
  return outputFiles[0]!.text;
}
