import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsReads } from '../../bootstrap/runbook/aws-reads.ts';
import { Aws } from '../../bootstrap/runbook/aws.ts';
import { Accounts, EKS } from './accounts.ts';

const OURS = [
  { Key: 'organization', Value: 'acme' },
  { Key: 'managed-by', Value: 'terraform' },
];
const RUNNING = { State: { Name: 'running' }, CpuOptions: { CoreCount: 2, ThreadsPerCore: 2 } };

let accounts: Accounts;
let aws: Aws;
beforeEach(() => {
  accounts = new Accounts();
  ({ aws } = accounts.world);
});
afterEach(() => accounts.remove());

// Stand-ins: they show what is asked, and how answers are understood, not that AWS answers so.
describe('slipway doctor --cloud aws', () => {
  it('finds all in force in an account that is ready', async () => {
    const { findings, code } = await accounts.found({ cloud: 'aws' });
    expect(findings.filter(({ state }) => state !== 'in force')).toEqual([]);
    expect(findings.map(({ about, what }) => `${about}: ${what}`)).toEqual([
      'aws: the account is aws_account_id',
      'aws: the role that administers clusters exists, and is signed in',
      'aws: the account may use the region us-east-1',
      'aws: acme-terraform-state, the name of a bucket, is free or ours',
      'aws: the identity provider token.actions.githubusercontent.com is to be made, or ours',
      'live-eks: the account may use the region us-east-1',
      'live-eks: the account may use the region us-west-2',
      'live-eks: us-east-1 has 3 zones for the control plane',
      'live-eks: each of these zones has instance types for the node pools of Auto Mode',
      'live-eks: EKS offers Kubernetes 1.35 in us-east-1, in standard support',
      'live-eks: us-east-1 has CPUs for the nodes to begin with',
      'live-eks: us-east-1 has addresses for the NAT gateways',
      'live-eks: us-east-1 has room for the network',
      'live-eks: acme-live-eks-backups, the name of a bucket, is free or ours',
      'live-eks: acme-live-eks-backups-replica, the name of a bucket, is free or ours',
      'live-eks: the 2 repositories of the registry are to be made, or ours',
    ]);
    expect(findings.find(({ what }) => what.includes('3 zones'))?.seen).toBe('us-east-1b, us-east-1c, us-east-1d');
    expect(code).toBe(0);
  });

  it('asks for nothing that changes anything, in the regions of the roots', async () => {
    await accounts.found({ cloud: 'aws' });
    expect(accounts.asked.filter((line) => !/^aws [\w-]+ (get|list|describe|head)-/.test(line))).toEqual([]);
    expect(new Set(accounts.asked).size).toBe(accounts.asked.length);
    const elsewhere = accounts.asked.filter((line) => !/^aws (sts|iam) | --region us-east-1 /.test(line));
    expect(elsewhere).toEqual([]);
  });

  it.each<[string, () => void, string, string, string]>([
    [
      'that nobody is signed in',
      () => (aws.profile = undefined),
      'somebody is signed in',
      'Unable to locate',
      'aws sso login',
    ],
    ['that the session has expired', () => (aws.expired = true), 'has not expired', 'The SSO session', 'aws sso login'],
    [
      'another account than the settings name',
      () => accounts.setting('aws_account_id', '"999988887777"'),
      'the account is aws_account_id',
      '111122223333, as arn:aws:sts::111122223333:assumed-role/',
      'the settings name 999988887777: sign in to that one',
    ],
  ])('says %s, and asks nothing else', async (_, change, what, seen, fix) => {
    change();
    const { findings, code } = await accounts.found({ cloud: 'aws' });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ state: 'missing', about: 'aws', asked: 'aws sts get-caller-identity' });
    expect(findings[0]?.what).toContain(what);
    expect(findings[0]?.seen).toContain(seen);
    expect(findings[0]?.fix?.join('\n')).toContain(fix);
    expect(accounts.asked).toHaveLength(1);
    expect(code).toBe(2);
  });

  it.each<[string, () => void, string, string, string]>([
    [
      'a role of people that is not there',
      () => aws.roles.clear(),
      'the role that administers clusters',
      `there is no role AWSReservedSSO`,
      'aws_administrator_role',
    ],
    [
      'a role that the settings name without its path',
      () => accounts.setting('aws_administrator_role', `"${aws.role}"`),
      'the role that administers clusters',
      `it is arn:aws:iam::111122223333:role/aws-reserved/`,
      'aws_administrator_role',
    ],
    [
      'another role than that of the settings',
      () => {
        aws.roles.add('operators');
        accounts.setting('aws_administrator_role', '"operators"');
      },
      'the role that administers clusters',
      'it is there, but this asks as arn:aws:sts::111122223333:assumed-role/AWSReservedSSO',
      'sign in as it',
    ],
    [
      'a region that is off',
      () => accounts.write('bootstrap/roots/live-eks/main.tf', EKS.replace('"us-east-1"', '"eu-south-1"')),
      'may use the region eu-south-1',
      'not-opted-in',
      'aws account enable-region --region-name eu-south-1',
    ],
    [
      'a region that there is not',
      () => accounts.write('bootstrap/roots/live-eks/main.tf', EKS.replace('"us-west-2"', '"us-west-9"')),
      'may use the region us-west-9',
      'there is no such region',
      'correct it',
    ],
    [
      'a region of two zones',
      () => (aws.zones = aws.zones.slice(0, 3)),
      'has 3 zones',
      'us-east-1b, us-east-1c',
      'take another region',
    ],
    [
      'a zone without instance types',
      () => aws.offered.set('us-east-1c', ['m7g.large', 'm4.large', 't3.micro']),
      'instance types',
      'us-east-1b: 2, us-east-1c: 0, us-east-1d: 2',
      'exclude_zone_ids',
    ],
    [
      'a version out of standard support',
      () => aws.versions.set('1.35', 'EXTENDED_SUPPORT'),
      'EKS offers Kubernetes 1.35',
      'it offers 1.34',
      'kubernetes_version',
    ],
    [
      'a quota of CPUs',
      () => aws.quotas.set('L-1216C47A', 5),
      'has CPUs',
      'the quota L-1216C47A: 12 needed, 0 of 5 used',
      'aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 12 --region us-east-1',
    ],
    [
      'CPUs that are used, of what counts against the quota',
      () => {
        aws.quotas.set('L-1216C47A', 16);
        aws.instances.push(
          { ...RUNNING, InstanceType: 'm5.xlarge' },
          { ...RUNNING, InstanceType: 't3.xlarge', State: { Name: 'pending' } },
          { ...RUNNING, InstanceType: 'm5.xlarge', State: { Name: 'stopped' } },
          { ...RUNNING, InstanceType: 'm5.xlarge', InstanceLifecycle: 'spot' },
          { ...RUNNING, InstanceType: 'g5.xlarge' },
        );
      },
      'has CPUs',
      '12 needed, 8 of 16 used',
      '--desired-value 20',
    ],
    [
      'addresses that are used',
      () => aws.addresses.push(undefined, 'others', 'acme-live-aks-nat-1'),
      'has addresses',
      '3 needed, 3 of 5 used',
      '--quota-code L-0263D0A3 --desired-value 6',
    ],
    [
      'a default quota of networks that are used',
      () => aws.networks.push(...Array.from({ length: 4 }, () => undefined)),
      'has room for the network',
      '1 needed, 5 of 5 used',
      '--service-code vpc --quota-code L-F678F1CE --desired-value 6',
    ],
    [
      'the bucket of the states that another account has',
      () => aws.taken.add('acme-terraform-state'),
      'acme-terraform-state',
      'another account has it (403)',
      'npx slipway init --organization NAME',
    ],
    [
      'a bucket of copies that another account has',
      () => aws.taken.add('acme-live-eks-backups-replica'),
      'acme-live-eks-backups-replica',
      'another account has it (403)',
      'npx slipway init --organization NAME',
    ],
    [
      'an identity provider that somebody else made',
      () => (aws.issuer = { tags: [{ Key: 'organization', Value: 'others' }] }),
      'the identity provider',
      'somebody else made arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
      'import module.workflows.aws_iam_openid_connect_provider.github arn:aws:iam',
    ],
    [
      'a repository that somebody else made',
      () => aws.repositories.set('acme-live-eks/items', []),
      'repositories',
      'somebody else made arn:aws:ecr:us-east-1:111122223333:repository/acme-live-eks/items',
      'other images',
    ],
  ])('says %s', async (_, change, what, seen, fix) => {
    change();
    const problems = await accounts.problems('aws');
    expect(problems.map(({ state }) => state)).toEqual(['missing']);
    expect(problems[0]?.what).toContain(what);
    expect(problems[0]?.seen).toContain(seen);
    expect(problems[0]?.fix?.join('\n')).toContain(fix);
    expect(problems[0]?.asked).toMatch(/^aws /);
  });

  it('is content with what is ours, and needs no room for it twice', async () => {
    aws.clusters.add('acme-live-eks');
    aws.quotas.set('L-1216C47A', 0).set('L-0263D0A3', 3);
    aws.defaults.set('L-F678F1CE', 2);
    aws.addresses.push('acme-live-eks-nat-us-east-1b', 'acme-live-eks-nat-us-east-1c', 'acme-live-eks-nat-us-east-1d');
    aws.networks.push('acme-live-eks');
    aws.buckets.add('acme-live-eks-backups').add('acme-terraform-state');
    aws.issuer = { tags: OURS };
    aws.repositories.set('acme-live-eks/items', OURS).set('others/items', []);
    expect(await accounts.problems('aws')).toEqual([]);
  });

  it('asks for as many CPUs as the pods of the rendered cluster do', async () => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a', namespace: 'a' },
      spec: {
        replicas: 10,
        template: { spec: { containers: [{ name: 'a', resources: { requests: { cpu: '7050m' } } }] } },
      },
    };
    accounts.write('dist/live-eks/a/Deployment.a.yaml', JSON.stringify(deployment));
    expect((await accounts.problems('aws'))[0]?.seen).toBe('the quota L-1216C47A: 71 needed, 0 of 64 used');
  });

  const permissions = awsReads(new Aws()).flatMap(({ permission }) => permission ?? []);
  it.each(permissions)('says that %s is not allowed, which is neither in force nor missing', async (permission) => {
    // Asked about only if they are there.
    aws.issuer = { tags: OURS };
    aws.repositories.set('acme-live-eks/items', OURS);
    // Without the list, nobody knows whose a forbidden bucket is.
    if (permission === 's3:ListAllMyBuckets') aws.taken.add('acme-live-eks-backups');
    aws.denied.add(permission);
    const { findings, code } = await accounts.found({ cloud: 'aws' });
    const unknown = findings.filter(({ state }) => state === 'unknown');
    expect(unknown.length).toBeGreaterThan(0);
    for (const { fix, asked } of unknown) {
      expect(fix?.join()).toContain(permission);
      expect(asked).toMatch(/^aws /);
    }
    expect(findings.filter(({ state }) => state === 'missing')).toEqual([]);
    expect(code).toBe(0);
  });
});
