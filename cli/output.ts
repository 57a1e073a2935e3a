import { writeFileSync } from 'node:fs';
import { Fault } from '../charts/fault.ts';

/** Writes a file that the command line names. @throws Fault if it cannot be written */
export function writeOutput(file: string, text: string, what: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Fault({
      what: `${what} cannot be written`,
      where: file,
      seen: (error as Error).message,
      fix: 'name a file in a folder that is there and writable',
    });
  }
}

/** Width of the terminal, and whether it shows colours; 80 columns without colour if the output goes elsewhere. */
export function screen(): { readonly columns: number; readonly colour: boolean } {
  // Node declares what a terminal has; a file or a pipe has none of it.
  const { isTTY = false, columns = 80 }: Partial<Pick<typeof process.stdout, 'isTTY' | 'columns'>> = process.stdout;
  return { columns, colour: isTTY && !process.env['NO_COLOR'] };
}
