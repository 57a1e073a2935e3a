import { Fault } from '../charts/fault.ts';

/** How long a cluster file may take to load: it has values only. */
const LIMIT_MS = 10_000;

const WRITE = 'write `export default defineCluster({ … })`';

/**
 * What a cluster file exports by default.
 *
 * @param file the cluster file, from the root
 * @param load imports it
 * @throws Fault if it throws, never finishes, or exports something else than an object
 */
export async function exported(
  root: string,
  file: string,
  load: () => Promise<{ readonly default?: unknown }>,
): Promise<unknown> {
  const { default: cluster } = await finished(file, load).catch((error: unknown) => {
    throw error instanceof Fault ? error : thrownBy(root, file, error);
  });
  const what = whatIs(cluster);
  if (what === undefined) return cluster;
  throw new Fault({ what: `the cluster file exports ${what}`, file, fix: WRITE });
}

/** What was exported instead of a cluster; undefined for an object. */
function whatIs(value: unknown): string | undefined {
  if (value === undefined) return 'no cluster';
  if (value === null) return 'null, not a cluster';
  if (Array.isArray(value)) return 'a list, not a cluster';
  if (value instanceof Promise) return 'a promise, not a cluster';
  return typeof value === 'object' ? undefined : `a ${typeof value}, not a cluster`;
}

function thrownBy(root: string, file: string, error: unknown): Fault {
  const { stack = '' } = error instanceof Error ? error : {};
  // The stack trace has positions of the sources; of another file, that may be the one to correct.
  const inClusters = stack.split(`${root}/`).flatMap((rest) => /^clusters\/[^:]+:\d+/.exec(rest) ?? []);
  return new Fault({
    what: `the cluster file ${file} cannot be loaded: it throws an error`,
    file: inClusters[0] ?? file,
    seen: String(error).split('\n')[0],
    fix: 'correct what it runs; a cluster file needs no more than values',
  });
}

/** @throws Fault if loading takes too long; prints it if the process ends before it has finished */
async function finished<T>(file: string, load: () => Promise<T>): Promise<T> {
  const fault = (seen: string): Fault =>
    new Fault({
      what: 'the cluster file does not finish loading',
      file,
      seen,
      fix: 'remove what it waits for or ends; a cluster file needs no more than values',
    });
  // Nothing else can tell: the process ends without an error if nothing is left to wait for.
  let waits = false;
  const idle = (): void => void (waits = true);
  const ended = (code: number): void => {
    const seen = waits ? 'it waits for what never happens' : `it ends the process, by process.exit(${code})`;
    process.stderr.write(`error: ${fault(seen).message}\n`);
    process.exitCode = 1;
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
