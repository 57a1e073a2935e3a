import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'vitest';

/** True if a terminal can be played for this shell: it is installed, and so is `script` of util-linux. */
export function canType(shell: string): boolean {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return /util-linux/.test(stdout) && spawnSync(shell, ['--version']).status === 0;
}

const POLL = { timeout: 20_000, interval: 20 };

/** An interactive shell in a pseudo-terminal, with none of the user's own settings. */
export class Terminal {
  private readonly child: ChildProcessWithoutNullStreams;
  private shown = '';

  /** Starts the shell and runs a line in it. */
  static async open(command: string, cwd: string, line: string): Promise<Terminal> {
    const terminal = new Terminal(command, cwd);
    // The prompt in two parts, so that the echo of this line is not taken for it.
    terminal.child.stdin.write(`stty cols 400; ${line}; PS1='REA''DY> '\n`);
    await terminal.isReady();
    return terminal;
  }

  private constructor(command: string, cwd: string) {
    const env = { ...process.env, TERM: 'dumb', HOME: cwd, ZDOTDIR: cwd, HISTFILE: '' };
    this.child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], { cwd, env });
    this.child.stdout.on(
      'data',
      (data: Buffer) => (this.shown += stripVTControlCharacters(data.toString()).replaceAll('\u0007', '')),
    );
  }

  /** Types keys. @throws AssertionError unless the terminal shows a text then */
  async type(keys: string, expected: string): Promise<void> {
    this.shown = '';
    this.child.stdin.write(keys);
    await expect.poll(() => this.shown, POLL).toContain(expected);
  }

  /** Empties the line. */
  async clear(): Promise<void> {
    this.shown = '';
    this.child.stdin.write('\u0015\n');
    await this.isReady();
  }

  /** Ends the shell. */
  close(): void {
    this.child.kill();
  }

  private async isReady(): Promise<void> {
    await expect.poll(() => this.shown, POLL).toMatch(/READY> $/);
  }
}
