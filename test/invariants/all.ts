import * as accounts from './accounts.ts';
import * as applications from './applications.ts';
import * as availability from './availability.ts';
import * as containers from './containers.ts';
import * as controllers from './controllers.ts';
import * as digests from './digests.ts';
import * as hosts from './hosts.ts';
import * as inhibitions from './inhibitions.ts';
import * as isolation from './isolation.ts';
import * as jobs from './jobs.ts';
import * as kinds from './kinds.ts';
import * as labels from './labels.ts';
import * as limits from './limits.ts';
import * as monitoring from './monitoring.ts';
import * as names from './names.ts';
import * as needs from './needs.ts';
import * as network from './network.ts';
import * as nodes from './nodes.ts';
import * as objects from './objects.ts';
import * as order from './order.ts';
import * as podSecurity from './pod-security.ts';
import * as priority from './priority.ts';
import * as projects from './projects.ts';
import * as references from './references.ts';
import * as rolling from './rolling.ts';
import * as routes from './routes.ts';
import * as schemas from './schemas.ts';
import * as secrets from './secrets.ts';
import * as selectors from './selectors.ts';
import * as serviceNetwork from './service-network.ts';
import * as storedSecrets from './stored-secrets.ts';
import * as tenants from './tenants.ts';
import * as volumes from './volumes.ts';
import type { Invariant } from './invariant.ts';

/** Every invariant, by topic. */
export const INVARIANTS: readonly Invariant[] = [
  kinds,
  objects,
  labels,
  names,
  selectors,
  needs,
  references,
  routes,
  storedSecrets,
  podSecurity,
  containers,
  digests,
  limits,
  availability,
  jobs,
  priority,
  nodes,
  rolling,
  network,
  serviceNetwork,
  isolation,
  monitoring,
  inhibitions,
  hosts,
  accounts,
  controllers,
  secrets,
  order,
  volumes,
  applications,
  projects,
  tenants,
  schemas,
].flatMap((topic) => Object.values<unknown>(topic).filter(isInvariant));

function isInvariant(exported: unknown): exported is Invariant {
  return typeof exported === 'object' && exported !== null && 'check' in exported;
}
