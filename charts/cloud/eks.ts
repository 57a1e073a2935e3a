import { z } from 'zod';
import { hostName } from '../lib/host.ts';
import { capability } from '../kinds/kind.ts';
import { firstAddress } from '../lib/cidr.ts';
import { HTTPS_ANYWHERE } from '../lib/network.ts';
import { type Cloud, type ClusterName, KUBE_DNS } from './cloud.ts';
import { databasesFact, databasesOwnership } from './databases.ts';
import { FOLLOW, zoneOf } from './dns-zone.ts';
import type { Ownership } from './ownership.ts';
import { jsonFile, type SecretCommands } from './secret-commands.ts';

const cidr = z.cidrv4();
const zoneId = z.string().regex(/^Z[A-Z0-9]+$/, 'must be a Route 53 zone id: Z and letters or digits');
const regionName = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region such as eu-central-1');

/** Schema of the facts of an EKS cluster; each key is a Terraform output of its root in bootstrap/. */
export const eksFacts = z.strictObject({
  region: regionName,
  vpc_cidr: cidr,
  /** CIDR of Services, including cluster DNS. */
  service_cidr: cidr,
  /** Name of the DNS zone: the domain, or one above it. @default the domain */
  dns_zone_name: hostName.optional(),
  hosted_zone_id: zoneId,
  /** Zone to which `_acme-challenge` of the domain is delegated by a CNAME record. @default none: challenges are in the zone */
  challenge_zone: z.strictObject({ name: hostName, id: zoneId }).optional(),
  backup_bucket: z.string().min(3),
  /** Region with a copy of the backups, and of all secrets. @default none */
  backup_replica_region: regionName.optional(),
  backup_kms_key_arn: z.string().regex(/^arn:aws[a-z-]*:kms:/, 'must be the ARN of a KMS key'),
  databases: databasesFact,
});

/** Clusters may share a region, a zone (each writes records of its own domain), a key, and ranges that never meet. */
export const eksOwnership: Ownership<z.output<typeof eksFacts>> = {
  region: {
    what: 'the secrets',
    prefixed: true,
    // Secrets Manager is an account's, whose id is in every ARN.
    values: (region, { backup_kms_key_arn: arn }) => [{ value: `${arn.split(':')[4]} ${region}` }],
  },
  vpc_cidr: 'shared',
  service_cidr: 'shared',
  dns_zone_name: 'shared',
  hosted_zone_id: 'shared',
  challenge_zone: 'shared',
  backup_bucket: { what: 'the backups', values: (bucket) => [{ value: bucket }] },
  backup_replica_region: 'shared',
  backup_kms_key_arn: 'shared',
  databases: databasesOwnership,
};

/** Elastic Kubernetes Service in Auto Mode: Route 53, Secrets Manager, S3, Pod Identity. */
export function eks(cluster: ClusterName, facts: z.output<typeof eksFacts>): Cloud {
  const { name, domain } = cluster;
  const zone = zoneOf(cluster, facts.dns_zone_name);
  return {
    kind: 'eks',
    // Bootstrap installs the snapshot controller as an add-on.
    preinstalled: [capability.crd('snapshot.storage.k8s.io', 'volumesnapshotclasses')],
    // Auto Mode runs DNS on the node, at the address of the cluster's DNS Service.
    dns: [KUBE_DNS, { cidr: facts.service_cidr }],
    // The private endpoint, which bootstrap enables, is in the VPC.
    apiServer: [{ cidr: `${firstAddress(facts.service_cidr)}/32` }, { cidr: facts.vpc_cidr }],
    // Pods have addresses of the same network.
    nodes: [{ cidr: facts.vpc_cidr }],
    podCidrs: [facts.vpc_cidr],
    storage: { storageClassName: 'gp3' },
    // Auto Mode provides the CSI driver, but no StorageClass.
    storageClass: {
      provisioner: 'ebs.csi.eks.amazonaws.com',
      parameters: { type: 'gp3', encrypted: 'true' },
      expands: true,
    },
    loadBalancer: {
      type: 'LoadBalancer',
      loadBalancerClass: 'eks.amazonaws.com/nlb',
      annotations: {
        'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing',
        'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'ip',
        'service.beta.kubernetes.io/aws-load-balancer-target-group-attributes': 'proxy_protocol_v2.enabled=true',
      },
      // IP targets see the load balancer's address; the PROXY protocol carries the client's.
      proxyProtocolFrom: [facts.vpc_cidr],
    },
    secretStore: { aws: { service: 'SecretsManager', region: facts.region } },
    secretPrefix: `${name}-`,
    secretReplicaRegions: facts.backup_replica_region === undefined ? [] : [facts.backup_replica_region],
    secretCommands: secretsManagerCommands(facts.region, facts.backup_replica_region),
    zone: {
      args: [
        '--provider=aws',
        '--aws-zone-type=public',
        `--zone-id-filter=${facts.hosted_zone_id}`,
        `--domain-filter=${domain}`,
        // Without it the domain's filter passes no zone above the domain, whatever its id.
        ...(zone === domain ? [] : ['--aws-zone-match-parent']),
      ],
      solver: {
        ...(facts.challenge_zone && FOLLOW),
        route53: { region: facts.region, hostedZoneID: facts.challenge_zone?.id ?? facts.hosted_zone_id },
      },
    },
    backups: {
      plugin: 'aws',
      bucket: facts.backup_bucket,
      config: { region: facts.region, kmsKeyId: facts.backup_kms_key_arn },
      snapshotDriver: 'ebs.csi.eks.amazonaws.com',
    },
    databases: facts.databases ?? {},
    kubeletSelfSigned: false,
    // Nodes of Auto Mode set user.max_user_namespaces to 0, which cannot be configured.
    userNamespaces: false,
    workloadIdentity: () => ({
      env: { AWS_REGION: facts.region },
      // Pod Identity: the agent on the node issues credentials; bootstrap associates the ServiceAccount with its role.
      openings: [HTTPS_ANYWHERE, { peers: [{ cidr: '169.254.170.23/32' }], tcp: [80] }],
    }),
  };
}

/** AWS's command line, for Secrets Manager in a region, and in the one that it copies new entries to. */
function secretsManagerCommands(region: string, replica?: string): SecretCommands {
  const copies = replica === undefined ? '' : ` --add-replica-regions Region=${replica}`;
  const aws = (verb: string, flags: string): string => `aws secretsmanager ${verb} --region ${region} ${flags}`;
  return {
    store: `Secrets Manager in ${region}`,
    write: (entry) => {
      const { path, text } = jsonFile(entry);
      return {
        files: { [path]: text },
        create: aws('create-secret', `--name ${entry.remoteKey} --secret-string file://${path}${copies}`),
        update: aws('put-secret-value', `--secret-id ${entry.remoteKey} --secret-string file://${path}`),
      };
    },
    read: (name) => aws('get-secret-value', `--secret-id ${name} --query SecretString --output text`),
  };
}
