import * as nodeFileSystem from 'node:fs';
import { compareDist, updateDist } from '../../cli/dist.ts';
import type { FileSystem } from '../../cli/transaction.ts';

/**
 * What a writer does to itself at one operation of the file system: ends by SIGKILL, or waits, before the operation,
 * until somebody writes to a pipe; the second one is told by `waiting` on standard output.
 */
export type At = { readonly operation: number } & ({ readonly kill: true } | { readonly wait: string });

/** A program that writes dist as `slipway synth` does: `node dist-writer.mjs DIST FILES [AT]`, both as JSON. */
const [dist = '', files = '{}', at = 'null', patience = ''] = process.argv.slice(2);
const wanted = new Map(Object.entries(JSON.parse(files) as Readonly<Record<string, string>>));

await updateDist(dist, wanted, () => compareDist(dist, wanted), {
  fs: interrupted(JSON.parse(at) as At | null),
  patienceMs: patience === '' ? undefined : Number(patience),
}).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});

function interrupted(given: At | null): FileSystem {
  let count = 0;
  return new Proxy<FileSystem>(nodeFileSystem, {
    get(target, name: keyof FileSystem) {
      const original = target[name] as (...args: readonly unknown[]) => unknown;
      return (...args: readonly unknown[]) => {
        count += 1;
        if (count === given?.operation) interrupt(given);
        return original(...args);
      };
    },
  });
}

function interrupt(given: At): void {
  if ('kill' in given) process.kill(process.pid, 'SIGKILL');
  else {
    nodeFileSystem.writeSync(1, 'waiting\n');
    nodeFileSystem.readFileSync(given.wait);
  }
}
