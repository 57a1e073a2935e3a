/** A reference to an image, in parts. */
export interface Image {
  readonly text: string;
  /** Host of the registry; Docker Hub's if none is named. */
  readonly registry: string;
  /** Path in the registry: `library/mongo`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

export const DOCKER_HUB = 'docker.io';

/** Reads `registry:5000/name:1.2@sha256:…`, as container runtimes complete it. */
export function imageOf(text: string): Image {
  const [, name = '', tag, digest] = /^(.*?)(?::([^:/@]+))?(?:@(.+))?$/.exec(text) ?? [];
  const [first = '', ...rest] = name.split('/');
  const named = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const path = named ? rest.join('/') : name;
  const registry = named ? first.replace(/^index\.docker\.io$/, DOCKER_HUB) : DOCKER_HUB;
  // Docker Hub's own images have an implied folder.
  const repository = registry === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;
  return { text, registry, repository, tag, digest };
}

/** The numbers of a version that a tag begins with: `v1.21.1`, `17.11-trixie`; undefined if it has none. */
export function versionOf({ tag = '' }: Partial<Pick<Image, 'tag'>>): readonly number[] | undefined {
  const [, numbers] = /^v?(\d+(?:\.\d+)*)(?:[-+_].*)?$/.exec(tag) ?? [];
  // A date or a build number says nothing of what changes.
  return numbers === undefined || /^\d{6,}/.test(numbers) ? undefined : numbers.split('.').map(Number);
}

/** Below 0 if the first is older; missing numbers count as 0. */
export function compareVersions(one: readonly number[], other: readonly number[]): number {
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const difference = (one[i] ?? 0) - (other[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
