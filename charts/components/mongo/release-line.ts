import { Fault } from '../../fault.ts';
import { compareVersions, imageOf, versionOf } from '../../lib/images.ts';

/**
 * Checks that servers of an image can open data with the features of a release line. MongoDB opens those of its own major
 * version and of the one before (mongodb.com/docs/manual/release-notes/8.0-upgrade-replica-set).
 *
 * @param image with its tag; one whose tag is no version is not checked
 * @param featuresOf such as `8.0`
 * @throws Fault if a release line is skipped, or the image goes back
 */
export function checkReleaseLine(component: string, image: string, featuresOf: string): void {
  const version = versionOf(imageOf(image))?.slice(0, 2);
  if (!version) return;
  const line = version.join('.');
  const [major = 0] = version;
  const own = featuresOf.split('.').map(Number);
  const [ownMajor = 0] = own;
  const seen = `the image ${image}, and featuresOf: '${featuresOf}'`;
  if (compareVersions(version, own) < 0)
    throw new Fault({
      what: `MongoDB ${line} does not open data with the features of ${featuresOf}`,
      where: `component ${component}`,
      seen,
      fix: `pin an image of ${featuresOf} or newer: what was raised has no way back but a restore`,
    });
  if (major > ownMajor + 1)
    throw new Fault({
      what: `MongoDB ${line} does not open data with the features of ${featuresOf}: major versions are upgraded one by one`,
      where: `component ${component}`,
      seen,
      fix: `pin an image of ${ownMajor + 1}, let it run, raise featuresOf to its release line, and then go on`,
    });
}
