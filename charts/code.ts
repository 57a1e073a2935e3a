import { z } from 'zod';

/** The file that says which rings are rendered by earlier code. */
export const CODE_FILE = 'clusters/code.json';

const pinnedCodeSchema = z.strictObject({
  /** The commit whose charts and command line render the ring. */
  commit: z.string().regex(/^[0-9a-f]{40,64}$/, 'must be a whole commit, as slipway promote --code writes it'),
  /** SHA-256 of that code: a working tree that has the same renders the ring itself. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits, as slipway promote --code writes them'),
});

/** Code by ring. A ring without any is rendered by the working tree. */
export const codeSchema = z.record(z.string(), pinnedCodeSchema);

export type PinnedCode = z.output<typeof pinnedCodeSchema>;
