import type { Manifest } from '../../../charts/lib/manifest.ts';
import type { Live } from '../api.ts';

/** A live object, as far as a test says what it is. */
export function live(
  kind: string,
  metadata: Partial<Live['metadata']> & Pick<Manifest['metadata'], 'name'>,
  fields: Readonly<Record<string, unknown>> = {},
): Live {
  return {
    apiVersion: kind === 'Application' ? 'argoproj.io/v1alpha1' : 'v1',
    kind,
    metadata: {
      uid: `${kind} ${metadata.name}`,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    ...fields,
  };
}

/** What an Application says of itself. */
export interface ApplicationState {
  readonly sync?: string;
  readonly health?: string;
  readonly revision?: string;
  readonly reconciledAt?: string;
  readonly operation?: Readonly<Record<string, unknown>>;
  readonly conditions?: readonly Readonly<Record<'type' | 'message', string>>[];
  readonly resources?: readonly Readonly<Record<string, unknown>>[];
  readonly deletionTimestamp?: string;
}

/** A live Application; Synced and Healthy if nothing else is said. */
export function application(name: string, state: ApplicationState = {}): Live {
  const { sync = 'Synced', health = 'Healthy', revision = 'base', operation, deletionTimestamp, ...rest } = state;
  return live(
    'Application',
    { name, namespace: 'argocd', ...(deletionTimestamp !== undefined && { deletionTimestamp }) },
    {
      status: {
        sync: { status: sync, revision },
        health: { status: health },
        operationState: { phase: 'Succeeded', startedAt: '2026-01-01T00:00:00Z', ...operation },
        ...rest,
      },
    },
  );
}
