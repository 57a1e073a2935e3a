import { accountsMutations } from './accounts.ts';
import { applicationsMutations } from './applications.ts';
import { availabilityMutations } from './availability.ts';
import { containersMutations } from './containers.ts';
import { controllersMutations } from './controllers.ts';
import { digestsMutations } from './digests.ts';
import { hostsMutations } from './hosts.ts';
import { inhibitionsMutations } from './inhibitions.ts';
import { isolationMutations } from './isolation.ts';
import { jobsMutations } from './jobs.ts';
import { kindsMutations } from './kinds.ts';
import { labelsMutations } from './labels.ts';
import { limitsMutations } from './limits.ts';
import { monitoringMutations } from './monitoring.ts';
import { namesMutations } from './names.ts';
import { needsMutations } from './needs.ts';
import { networkMutations } from './network.ts';
import { nodesMutations } from './nodes.ts';
import { objectsMutations } from './objects.ts';
import { orderMutations } from './order.ts';
import { podSecurityMutations } from './pod-security.ts';
import { priorityMutations } from './priority.ts';
import { projectsMutations } from './projects.ts';
import { referencesMutations } from './references.ts';
import { rollingMutations } from './rolling.ts';
import { routesMutations } from './routes.ts';
import { schemasMutations } from './schemas.ts';
import { secretsMutations } from './secrets.ts';
import { selectorsMutations } from './selectors.ts';
import { serviceNetworkMutations } from './service-network.ts';
import { storedSecretsMutations } from './stored-secrets.ts';
import { tenantsMutations } from './tenants.ts';
import { volumesMutations } from './volumes.ts';
import type { Mutation } from './mutation.ts';

/** Every mutation of every invariant. */
export const MUTATIONS: readonly Mutation[] = [
  ...accountsMutations,
  ...applicationsMutations,
  ...availabilityMutations,
  ...containersMutations,
  ...controllersMutations,
  ...digestsMutations,
  ...hostsMutations,
  ...inhibitionsMutations,
  ...isolationMutations,
  ...jobsMutations,
  ...kindsMutations,
  ...labelsMutations,
  ...limitsMutations,
  ...monitoringMutations,
  ...namesMutations,
  ...needsMutations,
  ...networkMutations,
  ...nodesMutations,
  ...objectsMutations,
  ...orderMutations,
  ...podSecurityMutations,
  ...priorityMutations,
  ...projectsMutations,
  ...referencesMutations,
  ...rollingMutations,
  ...routesMutations,
  ...schemasMutations,
  ...secretsMutations,
  ...selectorsMutations,
  ...serviceNetworkMutations,
  ...storedSecretsMutations,
  ...tenantsMutations,
  ...volumesMutations,
];
