import { at, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { listed, rule, type Said, shown } from '../rule.ts';

/** Lists of an AppProject, and what a `*` in each allows. */
const LISTS: Readonly<Record<string, string>> = {
  sourceRepos: 'from every repository',
  sourceNamespaces: 'by Applications of every namespace',
  clusterResourceWhitelist: 'objects of every kind without a namespace',
};

function wildcards(project: Manifest): Map<string, string> {
  const found = Object.entries(LISTS).filter(([field]) =>
    listAt(project, 'spec', field).some(
      (item) => item === '*' || (at(item, 'kind') === '*' && (at(item, 'name') ?? '*') === '*'),
    ),
  );
  const anywhere = listAt(project, 'spec', 'destinations').some((one) => textAt(one, 'namespace') === '*');
  return new Map([...found, ...(anywhere ? [['destinations', 'into every namespace'] as const] : [])]);
}

const project = rule('SLP-project-open', {
  severity: 'danger',
  about: 'An AppProject lets its Applications deploy from everywhere, everywhere or everything: a `*`',
  kinds: ['AppProject'],
  written: (before, after) => {
    const old = before ? wildcards(before) : new Map<string, string>();
    return [...wildcards(after)]
      .filter(([field]) => !old.has(field))
      .map(([field, says]) => ({
        path: `spec.${field}`,
        says: `Applications of ${label(after)} may deploy ${says}`,
        instead: 'name what they need',
      }));
  },
});

/** Settings of Argo CD with the values that give rights, and what these do. */
const SETTINGS: Readonly<Record<string, readonly [risky: (value: string) => boolean, says: string]>> = {
  'exec.enabled': [(value) => value === 'true', 'lets its users run programs in pods'],
  'users.anonymous.enabled': [(value) => value === 'true', 'lets everybody in without a login'],
  'admin.enabled': [(value) => value === 'true', 'lets the local admin log in by a password'],
  'policy.default': [(value) => value !== '', 'gives rights to everybody who logs in'],
};

function settings(config: Manifest): Map<string, string> {
  return new Map(
    Object.entries(SETTINGS).flatMap(([key, [risky]]) => {
      const value = textAt(config, 'data', key);
      return value !== undefined && risky(value) ? [[key, value] as const] : [];
    }),
  );
}

const access = rule('SLP-argo-access', {
  severity: 'danger',
  about: 'Argo CD lets in more people or lets them do more: exec, anonymous access, local admin, default role',
  kinds: ['ConfigMap'],
  written: (before, after): Said[] => {
    if (!/^argocd-(rbac-)?cm$/.test(after.metadata.name)) return [];
    const old = before ? settings(before) : new Map<string, string>();
    return [...settings(after)]
      .filter(([key, value]) => old.get(key) !== value)
      .map(([key, value]) => ({
        path: `data[${key}]`,
        says: `Argo CD ${SETTINGS[key]![1]}: ${key} was ${shown(old.get(key))}, and is ${shown(value)}`,
        instead: 'give single groups the rights that they need',
      }));
  },
});

/** Keys of a Secret with a value of their own; never the values. */
const filled = (secret: Manifest): string[] =>
  ['data', 'stringData'].flatMap((field) =>
    Object.entries(at(secret, field) ?? {})
      .filter(([, value]) => value !== '' && value !== null)
      .map(([key]) => key),
  );

const plainSecret = rule('SLP-secret-in-git', {
  severity: 'danger',
  about: 'A Secret has its values in Git, where everybody who may read it reads them, also later',
  kinds: ['Secret'],
  written: (before, after) => {
    const keys = filled(after).filter((key) => !before || !filled(before).includes(key));
    return keys.length > 0
      ? [
          {
            path: 'data',
            says: `The values of ${listed(keys)} of ${label(after)} are in Git for good`,
            instead: 'keep them in the secret store and read them by an ExternalSecret; rotate these',
          },
        ]
      : [];
  },
});

/** Argo CD and what is in Git. */
export const GITOPS = [project, access, plainSecret];
