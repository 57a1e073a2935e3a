import type { WorkloadIdentity } from '../../cloud/cloud.ts';
import { throwIfAny } from '../../fault.ts';
import type { CertManagerSettings } from './settings.ts';

/** @throws Fault if a setting replaces what the cloud identity consists of */
export function keepsIdentity(
  { extraEnv = [], env, serviceAccount }: CertManagerSettings,
  identity: WorkloadIdentity,
): void {
  const given = [
    ...extraEnv.map((one) => ({ key: one.name, setting: { of: one, key: 'name' }, by: identity.env })),
    ...Object.keys(env ?? {}).map((key) => ({ key, setting: { of: env ?? {}, key }, by: identity.env })),
    ...Object.keys(serviceAccount?.annotations ?? {}).map((key) => ({
      key,
      setting: { of: serviceAccount?.annotations ?? {}, key },
      by: identity.serviceAccountAnnotations,
    })),
  ];
  throwIfAny(
    given
      .filter(({ key, by }) => by !== undefined && key in by)
      .map(({ key, setting }) => ({
        what: `"${key}" is part of the cloud identity of cert-manager, which solves its challenges`,
        setting,
        where: 'component cert-manager',
        fix: 'remove it from the settings; on this cluster, the facts say it',
      })),
  );
}
