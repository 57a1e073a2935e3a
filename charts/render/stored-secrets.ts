import { type Problem, throwIfAny } from '../fault.ts';
import { label, listAt, type Manifest, textAt } from '../lib/manifest.ts';

/**
 * Checks that every name in the secret store is written by one PushSecret. Names are joined with hyphens, so the user
 * `analytics-root` of `mongo` and the user `root` of `mongo-analytics` would share one, and with it a password.
 *
 * @throws Fault naming both writers
 */
export function checkStoredSecrets(manifests: readonly Manifest[]): void {
  const writers = new Map<string, Manifest>();
  const problems: Problem[] = [];
  for (const manifest of manifests.filter(({ kind }) => kind === 'PushSecret')) {
    for (const entry of listAt(manifest, 'spec', 'data')) {
      const name = textAt(entry, 'match', 'remoteRef', 'remoteKey') ?? '';
      const other = writers.get(name);
      if (other)
        problems.push({
          what: 'two secrets would have one name in the secret store',
          where: `${label(other)} and ${label(manifest)}`,
          seen: name,
          fix: 'rename one of the instances or services that it is made of',
        });
      writers.set(name, manifest);
    }
  }
  throwIfAny(problems);
}
