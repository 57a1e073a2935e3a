import { execFile } from 'node:child_process';
import { Fault } from '../../charts/fault.ts';
import type { Place } from './unpack.ts';

/** A program that an entry of `manifests` needs. */
export interface Program {
  readonly name: 'helm' | 'kubectl';
  /** Where to get it. */
  readonly install: string;
}

const LARGEST_OUTPUT_BYTES = 256 * 1024 * 1024;
const LAST_LINES = 8;
/** A discard port of this machine: what a program sends there goes nowhere. */
const NOWHERE = 'http://127.0.0.1:9';

/**
 * Runs a program without network and without the user's settings: a rendering depends on its input alone.
 *
 * @param home an empty folder, for what the program keeps of itself
 * @returns its standard output
 * @throws Fault if it is not on the PATH, or fails
 */
export function run(
  { name, install }: Program,
  args: readonly string[],
  { entry, place, home }: { readonly entry: string; readonly place: Place; readonly home: string },
): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_CACHE_HOME: home,
    HELM_DATA_HOME: home,
    HTTP_PROXY: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    GIT_ALLOW_PROTOCOL: 'none',
  };
  return new Promise((resolve, reject) => {
    execFile(name, args, { env, maxBuffer: LARGEST_OUTPUT_BYTES, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const missing = error.code === 'ENOENT';
      reject(
        missing
          ? new Fault({
              what: `the entry "${entry}" of manifests is rendered by ${name}, which is not on the PATH`,
              ...place,
              fix: `install it: ${install}`,
            })
          : new Fault({
              what: `${name} cannot render the entry "${entry}" of manifests`,
              ...place,
              seen: lastLines(stderr || error.message),
              fix: 'correct what it says, in the values or the source',
            }),
      );
    });
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-LAST_LINES).join('\n        ');
}
