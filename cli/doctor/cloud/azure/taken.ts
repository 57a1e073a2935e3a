import { z } from 'zod';
import type { Finding } from '../../finding.ts';
import { type Ask, type Question, judged, unanswered } from '../answer.ts';
import type { GlobalName } from './names.ts';

const freeSchema = z.object({ nameAvailable: z.boolean(), message: z.string().nullish() });
const resourcesSchema = z.array(z.object({ id: z.string() }));
const deletedSchema = z.array(
  z.object({ name: z.string(), properties: z.object({ location: z.string(), scheduledPurgeDate: z.string() }) }),
);

/** `az keyvault check-name` knows managed HSMs alone. */
const VAULTS = 'providers/Microsoft.KeyVault/checkNameAvailability?api-version=2023-07-01';

/** Whether a name is free, or is that of a resource of the subscription, or of a vault that Terraform recovers. */
export async function nameIsFree(
  ask: Ask,
  subscription: string,
  { what: thing, type, name }: GlobalName,
  location: string,
): Promise<Finding> {
  const what = `${name}, the name of ${thing}, is free or ours`;
  const free = await ask(question(type, name, subscription));
  if ('why' in free) return unanswered(what, free);
  if (free.value?.nameAvailable) return judged(what, free, () => ({ seen: 'it is free' }));
  const [ours, deleted] = await Promise.all([
    resourceIn(ask, subscription, type, name),
    type === 'Microsoft.KeyVault/vaults' ? deletedVaults(ask, subscription) : undefined,
  ]);
  if ('why' in ours) return unanswered(what, ours);
  if (ours.value?.[0]) return { what, state: 'in force', asked: ours.asked, seen: `ours: ${ours.value[0].id}` };
  if (deleted && 'why' in deleted) return unanswered(what, deleted);
  const vault = deleted?.value?.find((one) => one.name === name);
  const gone =
    vault &&
    `ours was deleted in ${vault.properties.location}, and is kept until ${vault.properties.scheduledPurgeDate}`;
  if (deleted && vault?.properties.location === location)
    return { what, state: 'in force', asked: deleted.asked, seen: `${gone}: Terraform recovers it` };
  return judged(what, free, (said) => ({
    seen: gone ?? said?.message ?? 'it is taken',
    fix: [
      gone
        ? 'it can be recovered where it was alone: take that region in the root, or another organization, which all names begin with:'
        : 'somebody else has it: take another organization, which all names begin with:',
      `npx slipway init --organization NAME`,
    ],
  }));
}

/** Asks for resources of a name and a type in the subscription. */
export function resourceIn(ask: Ask, subscription: string, type: string, name: string) {
  return ask({
    args: ['resource', 'list', '--name', name, '--resource-type', type, '--subscription', subscription],
    schema: resourcesSchema,
    permission: `${type}/read`,
  });
}

function deletedVaults(ask: Ask, subscription: string) {
  return ask({
    args: ['keyvault', 'list-deleted', '--resource-type', 'vault', '--subscription', subscription],
    schema: deletedSchema,
    permission: 'Microsoft.KeyVault/deletedVaults/read',
  });
}

function question(type: GlobalName['type'], name: string, subscription: string): Question<z.infer<typeof freeSchema>> {
  const asked = ['--name', name, '--subscription', subscription];
  const args: Readonly<Record<GlobalName['type'], readonly string[]>> = {
    'Microsoft.Storage/storageAccounts': ['storage', 'account', 'check-name', ...asked],
    'Microsoft.ContainerRegistry/registries': ['acr', 'check-name', ...asked],
    'Microsoft.KeyVault/vaults': [
      'rest',
      '--method',
      'post',
      '--url',
      `https://management.azure.com/subscriptions/${subscription}/${VAULTS}`,
      '--body',
      JSON.stringify({ name, type }),
    ],
  };
  return { args: args[type], schema: freeSchema, permission: `${type.split('/')[0]}/checkNameAvailability/read` };
}
