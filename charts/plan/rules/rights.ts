import { ADMISSION } from './rights/admission.ts';
import { BINDING_RULES } from './rights/bindings.ts';
import { EXPOSURE } from './rights/exposure.ts';
import { GITOPS } from './rights/gitops.ts';
import { NAMESPACES } from './rights/namespaces.ts';
import { POD_RIGHTS } from './rights/pods.ts';
import { POLICIES } from './rights/policies.ts';
import { ROLE_RULES } from './rights/roles.ts';
import { SIGNATURES } from './rights/signatures.ts';

/** What gives programs or people more rights, or opens something to others. */
export const RIGHTS = [
  ...ROLE_RULES,
  ...BINDING_RULES,
  ...NAMESPACES,
  ...POD_RIGHTS,
  ...EXPOSURE,
  ...POLICIES,
  ...ADMISSION,
  ...GITOPS,
  ...SIGNATURES,
];
