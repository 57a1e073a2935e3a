import { readFileSync, renameSync, writeFileSync } from 'node:fs';
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
    (before, [name, field, value]) =>
      applyEdits(
        before,
        modify(before, [name, ...[field].flat()], value, {
          formattingOptions: { insertSpaces: true, tabSize: 2 },
          // Right after the version that it belongs to: there Renovate looks for it.
          getInsertionIndex: (fields) => (field === 'digest' ? fields.indexOf('version') + 1 : fields.length),
        }),
      ),
    readFileSync(file, 'utf8'),
  );
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
