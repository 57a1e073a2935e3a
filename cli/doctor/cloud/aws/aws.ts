import { z } from 'zod';
import { readFolder } from '../../../terraform/folder.ts';
import type { Finding } from '../../finding.ts';
import type { Ask } from '../answer.ts';
import { read, type Root, type Settings, stateOf } from '../terraform.ts';
import { signIn } from './account.ts';
import { bucketIsFree, bucketsOf } from './buckets.ts';
import { quotasIn } from './quota.ts';
import { regionIsOn, versionIn, zonesIn } from './region.ts';
import { administrator, gitHubProvider, repositories } from './there.ts';
import { type Wanted, wantedOf } from './wanted.ts';

const stateSchema = z.object({ bucket: z.string(), region: z.string() });

/** What AWS says of what these roots need. @throws Fault for inputs of Terraform that cannot be read */
export async function askAws(
  ask: Ask,
  { root: repository, dist }: { readonly root: string; readonly dist: string },
  settings: Settings,
  roots: readonly Root[],
): Promise<Finding[]> {
  const wanted = roots.map((root) => ({ root, wanted: wantedOf(root, dist) }));
  const state = await stateOf(repository, 'aws', stateSchema);
  const workflows = await readFolder('modules', 'workflows-aws', repository);
  const { issuer } = read(
    z.object({ issuer: z.string() }),
    workflows.locals,
    'bootstrap/modules/workflows-aws/main.tf',
  );
  const { findings, caller } = await signIn(ask, settings);
  if (caller === undefined) return findings;
  const ofAccount = [
    administrator(ask, caller, settings),
    regionIsOn(ask, state.region),
    bucketIsFree(ask, state.bucket, state.region),
    gitHubProvider(ask, issuer, settings),
  ];
  const ofClusters = wanted.map((one) => ofCluster(ask, settings, one));
  return [...findings, ...(await Promise.all(ofAccount)), ...(await Promise.all(ofClusters)).flat()];
}

async function ofCluster(
  ask: Ask,
  settings: Settings,
  { root: { cluster }, wanted }: { readonly root: Root; readonly wanted: Wanted },
): Promise<Finding[]> {
  const { region, replicaRegion, images } = wanted;
  const name = `${settings.organization}-${cluster}`;
  const on = await Promise.all([region, ...(replicaRegion ? [replicaRegion] : [])].map((one) => regionIsOn(ask, one)));
  // A region that is off refuses every question.
  const inRegion =
    on[0]?.state === 'missing'
      ? []
      : await Promise.all([
          zonesIn(ask, wanted),
          versionIn(ask, region, settings.kubernetes_version).then((one) => [one]),
          quotasIn(ask, name, wanted),
          ...bucketsOf(name, replicaRegion).map(async (bucket) => [await bucketIsFree(ask, bucket, region)]),
          repositories(
            ask,
            region,
            images.map((image) => `${name}/${image}`),
            settings,
          ).then((one) => [one]),
        ]);
  return [...on, ...inRegion.flat()].map((finding) => ({ about: cluster, ...finding }));
}
