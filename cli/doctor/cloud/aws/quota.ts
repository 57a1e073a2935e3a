import { z } from 'zod';
import type { Finding } from '../../finding.ts';
import { type Answer, type Ask, judged, unanswered } from '../answer.ts';
import type { Wanted } from './wanted.ts';

const tagsSchema = z.array(z.object({ Key: z.string(), Value: z.string() })).optional();
const quotaSchema = z.object({ Quota: z.object({ QuotaName: z.string(), Value: z.number() }) });
const instancesSchema = z.object({
  Reservations: z.array(
    z.object({
      Instances: z.array(
        z.object({
          InstanceType: z.string(),
          InstanceLifecycle: z.string().optional(),
          State: z.object({ Name: z.string() }),
          CpuOptions: z.object({ CoreCount: z.number(), ThreadsPerCore: z.number() }),
        }),
      ),
    }),
  ),
});

/** Something of which an account has so many in a region. */
interface Counted {
  readonly what: string;
  readonly service: 'ec2' | 'vpc';
  readonly code: string;
  /** How many are there, of all. */
  readonly used: Answer<number>;
  /** How many are to come. */
  readonly more: number;
}

/** Whether quotas leave room for what a root makes: CPUs, addresses and a network. */
export async function quotasIn(ask: Ask, name: string, { region, cpus, addresses }: Wanted): Promise<Finding[]> {
  const [clusters, instances, ips, networks] = await Promise.all([
    ask({
      args: ['eks', 'list-clusters', '--region', region],
      schema: z.object({ clusters: z.array(z.string()) }),
      permission: 'eks:ListClusters',
    }),
    ask({
      args: ['ec2', 'describe-instances', '--region', region],
      schema: instancesSchema,
      permission: 'ec2:DescribeInstances',
    }),
    ask({
      args: ['ec2', 'describe-addresses', '--region', region],
      schema: z.object({ Addresses: z.array(z.object({ Tags: tagsSchema })) }),
      permission: 'ec2:DescribeAddresses',
    }),
    ask({
      args: ['ec2', 'describe-vpcs', '--region', region],
      schema: z.object({ Vpcs: z.array(z.object({ Tags: tagsSchema })) }),
      permission: 'ec2:DescribeVpcs',
    }),
  ]);
  // Nodes that run are used already.
  const runs = 'value' in clusters && clusters.value?.clusters.includes(name) === true;
  const ourIps = 'value' in ips ? ours(ips.value?.Addresses, (tag) => tag.startsWith(`${name}-nat-`)) : 0;
  const ourNetworks = 'value' in networks ? ours(networks.value?.Vpcs, (tag) => tag === name) : 0;
  const counted: Counted[] = [
    {
      what: `${region} has CPUs for the nodes to begin with`,
      service: 'ec2',
      code: 'L-1216C47A',
      used: 'why' in clusters ? clusters : counting(instances, cpusOf),
      more: runs ? 0 : cpus,
    },
    {
      what: `${region} has addresses for the NAT gateways`,
      service: 'ec2',
      code: 'L-0263D0A3',
      used: counting(ips, ({ Addresses }) => Addresses.length),
      more: Math.max(0, addresses - ourIps),
    },
    {
      what: `${region} has room for the network`,
      service: 'vpc',
      code: 'L-F678F1CE',
      used: counting(networks, ({ Vpcs }) => Vpcs.length),
      more: ourNetworks > 0 ? 0 : 1,
    },
  ];
  return Promise.all(counted.map((one) => leavesRoom(ask, region, one)));
}

async function leavesRoom(ask: Ask, region: string, { what, service, code, used, more }: Counted): Promise<Finding> {
  if ('why' in used) return unanswered(what, used);
  const asked = (verb: string, permission: string) =>
    ask({
      args: ['service-quotas', verb, '--service-code', service, '--quota-code', code, '--region', region],
      schema: quotaSchema,
      permission,
      // Of a quota that was never changed, some accounts have the default alone.
      absent: /NoSuchResourceException/,
    });
  const applied = await asked('get-service-quota', 'servicequotas:GetServiceQuota');
  const answer =
    'value' in applied && applied.value === undefined
      ? await asked('get-aws-default-service-quota', 'servicequotas:GetAWSDefaultServiceQuota')
      : applied;
  return judged(what, answer, (found) => {
    const { QuotaName = code, Value = 0 } = found?.Quota ?? {};
    const total = (used.value ?? 0) + more;
    return {
      seen: `${QuotaName}: ${more} needed, ${used.value ?? 0} of ${Value} used`,
      ...(total > Value && {
        fix: [
          'this asks for more, which may take days:',
          `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${total} --region ${region}`,
        ],
      }),
    };
  });
}

function counting<T>(answer: Answer<T>, count: (value: T) => number): Answer<number> {
  if ('why' in answer) return answer;
  return { asked: answer.asked, value: answer.value === undefined ? 0 : count(answer.value) };
}

/** CPUs of what counts against the quota: on demand, of the families A, C, D, H, I, M, R, T and Z. */
function cpusOf({ Reservations }: z.infer<typeof instancesSchema>): number {
  return Reservations.flatMap(({ Instances }) => Instances)
    .filter(({ State, InstanceLifecycle }) => ['pending', 'running'].includes(State.Name) && !InstanceLifecycle)
    .filter(({ InstanceType }) => /^[acdhimrtz]\d/.test(InstanceType))
    .reduce((sum, { CpuOptions }) => sum + CpuOptions.CoreCount * CpuOptions.ThreadsPerCore, 0);
}

function ours(
  all: readonly { readonly Tags?: z.infer<typeof tagsSchema> }[] | undefined,
  isOurs: (name: string) => boolean,
): number {
  return (all ?? []).filter(({ Tags = [] }) => Tags.some(({ Key, Value }) => Key === 'Name' && isOurs(Value))).length;
}
