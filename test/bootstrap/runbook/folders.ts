import { namespacesOf as known } from '../../../cli/doctor/cloud/azure/namespaces.ts';
import type { Folder } from '../../../cli/terraform/folder.ts';

/** The resource providers that a root needs. @throws Error for a type of resource of which the provider is not known */
export function namespacesOf(folders: readonly Folder[]): readonly string[] {
  const { needed, unknown } = known(folders);
  if (unknown.length === 0) return needed;
  throw new Error(`the provider of ${unknown.join(', ')} is not known: add it to cli/doctor/cloud/azure/namespaces.ts`);
}
