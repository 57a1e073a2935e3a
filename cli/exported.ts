import { Fault } from '../charts/fault.ts';
import { EXIT } from './exit.ts';

/** A file of values that was imported as a module. */
export interface ValuesModule {
  readonly default?: unknown;
}

/** Imports the files of a repository's `clusters/` as modules. */
export interface Importer {
  /** `import('../clusters/local/cluster.ts')` */
  cluster(name: string): Promise<ValuesModule>;
  /** `import('../clusters/rings.ts')` */
  rings(): Promise<ValuesModule>;
}

/** How long such a file may take to load: it has values only. */
const LIMIT_MS = 10_000;

/** What a file exports, as messages name it, and how. */
const EXPORTS = {
  cluster: { file: 'cluster file', none: 'no cluster', one: 'a cluster', define: 'defineCluster' },
  rings: { file: 'file of rings', none: 'no rings', one: 'rings', define: 'defineRings' },
} as const;

type Exports = (typeof EXPORTS)[keyof typeof EXPORTS];

/**
 * What a file of values exports by default.
 *
 * @param file the file, from the root
 * @param what what it must export
 * @param load imports it
 * @throws Fault if it throws, never finishes, or exports something else than an object
 */
export async function exported(
  root: string,
  file: string,
  what: keyof typeof EXPORTS,
  load: () => Promise<ValuesModule>,
): Promise<unknown> {
  const words = EXPORTS[what];
  const { default: value } = await finished(file, words, load).catch((error: unknown) => {
    throw error instanceof Fault ? error : thrownBy(root, file, words, error);
  });
  const instead = insteadOf(words, value);
  if (instead === undefined) return value;
  throw new Fault({
    what: `the ${words.file} exports ${instead}`,
    file,
    fix: `write \`export default ${words.define}({ … })\``,
  });
}

/** What was exported instead; undefined for an object. */
function insteadOf({ none, one }: Exports, value: unknown): string | undefined {
  if (value === undefined) return none;
  if (value === null) return `null, not ${one}`;
  if (Array.isArray(value)) return `a list, not ${one}`;
  if (value instanceof Promise) return `a promise, not ${one}`;
  return typeof value === 'object' ? undefined : `a ${typeof value}, not ${one}`;
}

function thrownBy(root: string, file: string, words: Exports, error: unknown): Fault {
  const { stack = '' } = error instanceof Error ? error : {};
  // The stack trace has positions of the sources; of another file, that may be the one to correct.
  const inClusters = stack.split(`${root}/`).flatMap((rest) => /^clusters\/[^:]+:\d+/.exec(rest) ?? []);
  return new Fault({
    what: `the ${words.file} ${file} cannot be loaded: it throws an error`,
    file: inClusters[0] ?? file,
    seen: String(error).split('\n')[0],
    fix: `correct what it runs; a ${words.file} needs no more than values`,
  });
}

/** @throws Fault if loading takes too long; prints it if the process ends before it has finished */
async function finished<T>(file: string, words: Exports, load: () => Promise<T>): Promise<T> {
  const fault = (seen: string): Fault =>
    new Fault({
      what: `the ${words.file} does not finish loading`,
      file,
      seen,
      fix: `remove what it waits for or ends; a ${words.file} needs no more than values`,
    });
  // Nothing else can tell: the process ends without an error if nothing is left to wait for.
  let waits = false;
  const idle = (): void => void (waits = true);
  const ended = (code: number): void => {
    const seen = waits ? 'it waits for what never happens' : `it ends the process, by process.exit(${code})`;
    process.stderr.write(`error: ${fault(seen).message}\n`);
    process.exitCode = EXIT.fault;
  };
  process.once('beforeExit', idle);
  process.once('exit', ended);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(fault(`nothing after ${LIMIT_MS / 1000} s`)), LIMIT_MS).unref();
  });
  try {
    return await Promise.race([load(), late]);
  } finally {
    clearTimeout(timer);
    process.off('beforeExit', idle);
    process.off('exit', ended);
  }
}
