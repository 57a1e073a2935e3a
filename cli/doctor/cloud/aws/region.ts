import { z } from 'zod';
import type { Finding } from '../../finding.ts';
import { type Ask, judged, unanswered } from '../answer.ts';
import type { Wanted } from './wanted.ts';

/** The region that every account has, which answers about others. */
const ALWAYS = 'us-east-1';

/** Whether the account may use a region. */
export async function regionIsOn(ask: Ask, region: string): Promise<Finding> {
  const answer = await ask({
    args: ['ec2', 'describe-regions', '--region-names', region, '--all-regions', '--region', ALWAYS],
    schema: z.object({ Regions: z.array(z.object({ RegionName: z.string(), OptInStatus: z.string() })) }),
    permission: 'ec2:DescribeRegions',
    absent: /InvalidParameterValue/,
  });
  return judged(`the account may use the region ${region}`, answer, (found) => {
    const status = found?.Regions.find(({ RegionName }) => RegionName === region)?.OptInStatus;
    if (status === undefined)
      return { seen: 'there is no such region', fix: ['correct it in the root and in bootstrap/roots/s3.tfbackend'] };
    if (status !== 'not-opted-in') return { seen: status };
    return { seen: status, fix: ['this takes some minutes:', `aws account enable-region --region-name ${region}`] };
  });
}

/** Whether the region has as many zones as the network spreads over, and nodes for each. */
export async function zonesIn(ask: Ask, { region, zones: { count, without } }: Wanted): Promise<Finding[]> {
  const what = `${region} has ${count} zones for the control plane`;
  const answer = await ask({
    args: ['ec2', 'describe-availability-zones', '--region', region],
    schema: z.object({
      AvailabilityZones: z.array(
        z.object({ ZoneName: z.string(), ZoneId: z.string(), State: z.string(), OptInStatus: z.string() }),
      ),
    }),
    permission: 'ec2:DescribeAvailabilityZones',
  });
  const used = ('value' in answer ? (answer.value?.AvailabilityZones ?? []) : [])
    .filter(({ State, OptInStatus }) => State === 'available' && OptInStatus === 'opt-in-not-required')
    .filter(({ ZoneId }) => !without.includes(ZoneId))
    .map(({ ZoneName }) => ZoneName)
    .toSorted()
    .slice(0, count);
  const finding = judged(what, answer, () => {
    const seen = used.join(', ') || 'none';
    return used.length === count
      ? { seen }
      : { seen, fix: ['take another region, in the root and in bootstrap/roots/s3.tfbackend'] };
  });
  return finding.state === 'in force' ? [finding, await nodesIn(ask, region, used)] : [finding];
}

/**
 * The built-in node pools of Auto Mode take any size of these families, from the fifth generation on, and no Arm.
 * https://docs.aws.amazon.com/eks/latest/userguide/set-builtin-node-pools.html
 */
function isOfAutoMode(type: string): boolean {
  const [, generation, attributes = ''] = /^[cmr](\d+)([a-z-]*)\./.exec(type) ?? [];
  return Number(generation) >= 5 && !attributes.includes('g');
}

async function nodesIn(ask: Ask, region: string, zones: readonly string[]): Promise<Finding> {
  const what = 'each of these zones has instance types for the node pools of Auto Mode';
  const answer = await ask({
    args: ['ec2', 'describe-instance-type-offerings', '--location-type', 'availability-zone'].concat(
      '--filters',
      `Name=location,Values=${zones.join(',')}`,
      '--region',
      region,
    ),
    schema: z.object({
      InstanceTypeOfferings: z.array(z.object({ InstanceType: z.string(), Location: z.string() })),
    }),
    permission: 'ec2:DescribeInstanceTypeOfferings',
  });
  if ('why' in answer) return unanswered(what, answer);
  const offered = (answer.value?.InstanceTypeOfferings ?? []).filter(({ InstanceType }) => isOfAutoMode(InstanceType));
  const counts = zones.map((zone) => [zone, offered.filter(({ Location }) => Location === zone).length] as const);
  return judged(what, answer, () => ({
    seen: counts.map(([zone, number]) => `${zone}: ${number}`).join(', '),
    ...(counts.some(([, number]) => number === 0) && {
      fix: ['leave the zone out, in exclude_zone_ids of bootstrap/modules/network-aws/main.tf, or take another region'],
    }),
  }));
}

/** Whether EKS offers the version, with the support that the module asks for. */
export async function versionIn(ask: Ask, region: string, version: string): Promise<Finding> {
  const answer = await ask({
    args: ['eks', 'describe-cluster-versions', '--region', region],
    schema: z.object({
      clusterVersions: z.array(z.object({ clusterVersion: z.string(), versionStatus: z.string() })),
    }),
    permission: 'eks:DescribeClusterVersions',
  });
  return judged(`EKS offers Kubernetes ${version} in ${region}, in standard support`, answer, (found) => {
    const standard = (found?.clusterVersions ?? [])
      .filter(({ versionStatus }) => versionStatus === 'STANDARD_SUPPORT')
      .map(({ clusterVersion }) => clusterVersion)
      .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
    const seen = `it offers ${standard.join(', ')}`;
    return standard.includes(version)
      ? { seen }
      : { seen, fix: ['write one of them as kubernetes_version into bootstrap/modules/settings/main.tf'] };
  });
}
