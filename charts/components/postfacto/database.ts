import type { k8s } from 'cdk8s-plus-28';
import type { ContainerProps } from '../../lib/container.ts';
import type { Drill } from '../../lib/drill.ts';
import type { Trust } from '../../lib/internal-tls.ts';
import type { StoreEntry } from '../../lib/secrets.ts';
import type { StatefulSet } from '../../lib/stateful-set.ts';
import type { Workload } from '../../lib/workload.ts';

/** The database of a Postfacto, wherever it is, and its connection. */
export interface Database {
  /** Its pods; none if it is outside of the cluster. */
  readonly workload?: StatefulSet;
  /** How it is proved that a backup of it can be restored; none if it is outside of the cluster. */
  readonly drill?: Drill;
  /** The application's password, under the key `password`. */
  readonly password: StoreEntry;
  /** What pods mount that call the server. */
  readonly trust: Trust;
  /** The application's connection string, with parameters. @param password the password, or a template for it */
  readonly url: (password: string) => string;
  /** Init container that ends once a new pod can reach the server. */
  readonly wait: ContainerProps;
  /** Init container that reconciles roles and the database, where that is up to the cluster, with its volumes. */
  readonly reconcile?: { readonly container: ContainerProps; readonly volumes: readonly k8s.Volume[] };
  /** Lets a workload call the server. */
  readonly connect: (client: Workload) => void;
}

/** Init container that waits for a server, with the program of PostgreSQL's image. @param options of pg_isready */
export function waitFor(image: string, options: string): ContainerProps {
  return {
    name: 'wait',
    image,
    // Also refused while the server starts; the Job's deadline ends it. The Job's user has no name to sign in with.
    command: ['bash', '-c', `until pg_isready ${options} --timeout=5; do sleep 1; done`],
    resources: { cpu: '10m', cpuLimit: '200m', memory: '64Mi' },
  };
}
