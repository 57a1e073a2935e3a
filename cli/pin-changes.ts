import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { applyEdits, modify } from 'jsonc-parser';

/** A field of a pin, by the pin's name; without a value it is removed. */
export type PinChange = readonly [
  name: string,
  field: 'digest' | 'sha256' | 'unpinnedBecause' | readonly ['files', string],
  value: string | undefined,
];

/** Writes fields of pins atomically, and leaves the rest of the file as it is. */
export function writePins(file: string, changes: readonly PinChange[]): void {
  const text = changes.reduce(
    (before, [name, field, value]) => edited(before, [name, ...[field].flat()], value),
    readFileSync(file, 'utf8'),
  );
  replace(file, text);
}

/** Removes pins atomically, and the file if it has no others. */
export function removePins(file: string, names: readonly string[]): void {
  const text = names.reduce((before, name) => edited(before, [name], undefined), readFileSync(file, 'utf8'));
  if (Object.keys(JSON.parse(text) as object).length === 0) rmSync(file);
  else replace(file, text);
}

function edited(text: string, path: string[], value: string | undefined): string {
  return applyEdits(
    text,
    modify(text, path, value, {
      formattingOptions: { insertSpaces: true, tabSize: 2 },
      // Right after the version that it belongs to: there Renovate looks for it.
      getInsertionIndex: (fields) => (path.at(-1) === 'digest' ? fields.indexOf('version') + 1 : fields.length),
    }),
  );
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
