import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, watch as watchFolder } from 'node:fs';
import { join } from 'node:path';

/** Folders that the rendered files depend on; a repository need not have the last one. */
const SOURCES = ['charts', 'clusters', 'cli', 'manifests'];

/** Debounce time: an editor saves several files, or one file in several steps. */
const DEBOUNCE_MS = 50;

/**
 * `slipway synth --watch`: renders now and on every save, until interrupted. Each run is a separate process, because
 * Node does not reload modules; a failed run prints its message, and watching continues.
 */
export function watch(root: string, command: readonly string[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running: ChildProcess | undefined;
  let again = false;
  const run = (): void => {
    if (running) {
      again = true;
      return;
    }
    running = spawn(process.execPath, command, { cwd: root, stdio: 'inherit' });
    running.on('close', () => {
      running = undefined;
      if (again) {
        again = false;
        run();
      }
    });
  };
  const watchers = SOURCES.filter((folder) => existsSync(join(root, folder))).map((folder) =>
    watchFolder(join(root, folder), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(run, DEBOUNCE_MS);
    }),
  );
  run();
  return new Promise((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      again = false;
      for (const watcher of watchers) watcher.close();
      // A run that is writing completes what it has begun.
      if (running) running.on('close', () => resolve());
      else resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}
