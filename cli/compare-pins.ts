import type { Outcome } from './commands/command.ts';
import { type ComparedRing, differs } from './compared-pins.ts';
import { EXIT } from './exit.ts';
import { type Shown, shownAs } from './output.ts';
import { imagesText, pins } from './pins.ts';
import { type ComparedReleases, releases, releasesText } from './releases.ts';
import type { Workspace } from './synth.ts';

/**
 * `slipway pins [RING…]`: compares what pins say with the commits of releases and the digests of images.
 *
 * @returns a difference if something is not as its pin says, and was not to be written
 */
export async function comparePins(
  workspace: Workspace,
  names: readonly string[],
  { write, json = false }: Shown & { readonly write: boolean },
): Promise<Outcome> {
  const ofReleases = await releases(workspace, names, { write });
  try {
    const images = await pins(workspace, names, { write });
    const all = [...ofReleases, ...images].flatMap((ring) => ring.pins);
    return {
      text: shownAs({ releases: ofReleases, images }, textOf, { json }),
      code: !write && all.some(differs) ? EXIT.difference : EXIT.success,
    };
  } catch (error) {
    // What was written of releases stays so.
    return { text: json ? '' : releasesText(ofReleases), code: EXIT.fault, error };
  }
}

function textOf({ releases: ofReleases, images }: Found): string {
  return [releasesText(ofReleases), imagesText(images)].filter(Boolean).join('\n');
}

interface Found {
  readonly releases: readonly ComparedReleases[];
  readonly images: readonly ComparedRing[];
}
