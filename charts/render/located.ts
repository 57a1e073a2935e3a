import type { PlannedCluster } from '../cluster-file.ts';
import { completing, type Problem, type SettingPath } from '../fault.ts';

/**
 * Runs a step of a cluster; mistakes in a setting that it finds name the line of the setting.
 *
 * @throws Fault as the step does
 */
export function located<T>(cluster: Pick<PlannedCluster, 'settings' | 'at'>, step: () => T): T {
  return completing((problem) => withLine(cluster, problem), step);
}

function withLine({ settings, at }: Pick<PlannedCluster, 'settings' | 'at'>, problem: Problem): Problem {
  const { setting, ...others } = problem;
  if (setting === undefined) return problem;
  if ('of' in setting) {
    const path = pathTo(settings, setting.of);
    return path ? { ...others, file: at([...path, setting.key]) } : others;
  }
  return { ...others, file: at(setting) };
}

/** The path of an object within settings; undefined if it was made of several of them. */
function pathTo(value: unknown, wanted: object): SettingPath | undefined {
  if (value === wanted) return [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const path = pathTo(inner, wanted);
    if (path) return [Array.isArray(value) ? Number(key) : key, ...path];
  }
  return undefined;
}
