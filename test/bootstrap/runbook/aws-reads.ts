import type { Aws, Tag } from './aws.ts';
import { type Command, need, option, type Options } from './command.ts';

const DOCS = 'https://docs.aws.amazon.com/cli/latest/reference';
const QUOTA: Options = { '--service-code': 'required', '--quota-code': 'required' };

/** Commands of aws that change nothing, with answers as aws prints them, without what nobody reads. */
export function awsReads(account: Aws): Command[] {
  const command = (
    words: string,
    permission: string | undefined,
    run: Command['run'],
    options: Options = {},
  ): Command => ({
    words,
    source: `${DOCS}/${words.replace(' ', '/')}.html`,
    ...(permission && { permission }),
    options,
    run,
  });
  return [
    command('sts get-caller-identity', 'sts:GetCallerIdentity', () => ({
      Account: account.account,
      Arn: `arn:aws:sts::${account.account}:assumed-role/${account.role}/somebody@acme.dev`,
      UserId: 'AROA0123456789ABCDEFG:somebody@acme.dev',
    })),
    command(
      'iam get-role',
      'iam:GetRole',
      (given) => {
        const found = [...account.roles].find((role) => role.split('/').at(-1) === option(given, '--role-name'));
        need(
          found,
          'An error occurred (NoSuchEntity) when calling the GetRole operation: The role cannot be found.',
          254,
        );
        return { Role: { Arn: `arn:aws:iam::${account.account}:role/${found}` } };
      },
      { '--role-name': 'required' },
    ),
    command('iam list-open-id-connect-providers', 'iam:ListOpenIDConnectProviders', () => ({
      OpenIDConnectProviderList: account.issuer ? [{ Arn: provider(account) }] : [],
    })),
    command(
      'iam get-open-id-connect-provider',
      'iam:GetOpenIDConnectProvider',
      (given) => {
        need(option(given, '--open-id-connect-provider-arn') === provider(account), 'NoSuchEntity', 254);
        return { ClientIDList: ['sts.amazonaws.com'], Tags: account.issuer?.tags, Url: ISSUER };
      },
      { '--open-id-connect-provider-arn': 'required' },
    ),
    command(
      'ec2 describe-regions',
      'ec2:DescribeRegions',
      (given) => {
        const name = option(given, '--region-names');
        const status = account.regions.get(name);
        need(
          status,
          `An error occurred (InvalidParameterValue) when calling the DescribeRegions operation: Invalid region provided: [${name}]`,
          254,
        );
        need(given.options.has('--all-regions') || status !== 'not-opted-in', 'InvalidParameterValue', 254);
        return { Regions: [{ Endpoint: `ec2.${name}.amazonaws.com`, OptInStatus: status, RegionName: name }] };
      },
      { '--region-names': 'optional', '--all-regions': 'flag' },
    ),
    command('ec2 describe-availability-zones', 'ec2:DescribeAvailabilityZones', () => ({
      AvailabilityZones: account.zones,
    })),
    command(
      'ec2 describe-instance-type-offerings',
      'ec2:DescribeInstanceTypeOfferings',
      (given) => {
        const [, zones] = /^Name=location,Values=([\w,-]+)$/.exec(option(given, '--filters')) ?? [];
        need(zones && option(given, '--location-type') === 'availability-zone', 'InvalidParameterValue', 254);
        return {
          InstanceTypeOfferings: zones.split(',').flatMap((Location) =>
            (account.offered.get(Location) ?? account.types).map((InstanceType) => ({
              InstanceType,
              Location,
              LocationType: 'availability-zone',
            })),
          ),
        };
      },
      { '--filters': 'optional', '--location-type': 'optional' },
    ),
    command('ec2 describe-instances', 'ec2:DescribeInstances', () => ({
      Reservations: account.instances.map((instance) => ({ Instances: [instance] })),
    })),
    command('ec2 describe-addresses', 'ec2:DescribeAddresses', () => ({ Addresses: tagged(account.addresses) })),
    command('ec2 describe-vpcs', 'ec2:DescribeVpcs', () => ({ Vpcs: tagged(account.networks) })),
    command(
      'service-quotas get-service-quota',
      'servicequotas:GetServiceQuota',
      (given) => quota(option(given, '--quota-code'), account.quotas),
      QUOTA,
    ),
    command(
      'service-quotas get-aws-default-service-quota',
      'servicequotas:GetAWSDefaultServiceQuota',
      (given) => quota(option(given, '--quota-code'), account.defaults),
      QUOTA,
    ),
    command('eks list-clusters', 'eks:ListClusters', () => ({ clusters: [...account.clusters] })),
    command('eks describe-cluster-versions', 'eks:DescribeClusterVersions', () => ({
      clusterVersions: [...account.versions].map(([clusterVersion, versionStatus]) => ({
        clusterType: 'eks',
        clusterVersion,
        status: versionStatus.toLowerCase().replace('_', '-'),
        versionStatus,
      })),
    })),
    command('s3api list-buckets', 's3:ListAllMyBuckets', () => ({
      Buckets: [...account.buckets].map((Name) => ({ CreationDate: '2026-10-01T00:00:00+00:00', Name })),
    })),
    command(
      's3api head-bucket',
      undefined,
      (given) => {
        const bucket = option(given, '--bucket');
        const failed = (status: string): string =>
          `An error occurred (${status}) when calling the HeadBucket operation: ${status === '403' ? 'Forbidden' : 'Not Found'}`;
        need(!account.taken.has(bucket), failed('403'), 254);
        need(account.buckets.has(bucket), failed('404'), 254);
      },
      { '--bucket': 'required' },
    ),
    command('ecr describe-repositories', 'ecr:DescribeRepositories', () => ({
      repositories: [...account.repositories.keys()].map((repositoryName) => ({
        repositoryArn: repositoryArn(account, repositoryName),
        repositoryName,
      })),
    })),
    command(
      'ecr list-tags-for-resource',
      'ecr:ListTagsForResource',
      (given) => {
        const arn = option(given, '--resource-arn');
        const found = [...account.repositories].find(([name]) => repositoryArn(account, name) === arn);
        need(found, 'RepositoryNotFoundException', 254);
        return { tags: found[1] };
      },
      { '--resource-arn': 'required' },
    ),
  ];
}

const ISSUER = 'token.actions.githubusercontent.com';

function provider({ account }: Aws): string {
  return `arn:aws:iam::${account}:oidc-provider/${ISSUER}`;
}

function repositoryArn({ account }: Aws, name: string): string {
  return `arn:aws:ecr:us-east-1:${account}:repository/${name}`;
}

/** Without a tag, EC2 leaves the field out. */
function tagged(names: readonly (string | undefined)[]): { readonly Tags?: readonly Tag[] }[] {
  return names.map((Value) => (Value === undefined ? {} : { Tags: [{ Key: 'Name', Value }] }));
}

function quota(code: string, values: ReadonlyMap<string, number>): unknown {
  const Value = values.get(code);
  need(
    Value !== undefined,
    'An error occurred (NoSuchResourceException) when calling the GetServiceQuota operation: The request failed because the specified service quota does not exist.',
    254,
  );
  return { Quota: { QuotaCode: code, QuotaName: `the quota ${code}`, Value } };
}
