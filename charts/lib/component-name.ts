import { z } from 'zod';

/** Schema of a component's name that a cluster file chooses, which is its namespace and pin too: a DNS label. */
export const componentNameSetting = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens, starting with a letter');
