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

/** What a stream has only if it is a terminal. */
interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Width of the terminal, and whether it shows colours; 80 columns without colour if the output goes elsewhere. */
export function screen({ isTTY = false, columns = 80 }: Stream = process.stdout): {
  readonly columns: number;
  readonly colour: boolean;
} {
  return { columns, colour: isTTY && !process.env['NO_COLOR'] };
}

/** Options of what reports something. */
export interface Shown {
  readonly json?: boolean;
}

/** A result as text; or as JSON, with the version of its fields. */
export function shownAs<T extends object>(
  result: T,
  text: (result: T) => string,
  { json = false }: Shown = {},
): string {
  return json ? JSON.stringify({ version: 1, ...result }, null, 2) : text(result);
}
