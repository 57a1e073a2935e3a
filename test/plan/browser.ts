import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] || 'chromium';

/** The path of Chromium: that in CHROMIUM, or of Debian's package `chromium`; undefined if there is none. */
export const browserPath = await promisify(execFile)('sh', ['-c', 'command -v "$0"', CHROMIUM]).then(
  ({ stdout }) => stdout.trim(),
  () => undefined,
);

if (browserPath === undefined)
  console.warn(
    "The page of a plan is not tried: there is no Chromium. Install Debian's package `chromium`, or set CHROMIUM.",
  );

/** Starts Chromium without a window. Root, as in containers, has no sandbox there. */
export async function startBrowser(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: browserPath, args });
}
