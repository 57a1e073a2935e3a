import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCloud, factsOf } from '../../../charts/cloud/clouds.ts';
import { kit } from '../build.ts';
import { freePorts } from '../../../apps/common/src/testing/free-ports.ts';
import { say } from './rehearsal.ts';

/** The real external-dns with the rendered flags, on a Route 53 that has one zone and no records. */
const ZONE_ID = 'Z0TEST0000000000000';
const DOMAIN = 'staging.example.com';
const run = promisify(execFile);
let route53: Server;
let program: string;
let zone = '';

beforeAll(async () => {
  program = (await kit({ say })).program('external-dns');
  route53 = createServer((request, response) => {
    const body = request.url?.includes('/rrset') ? records() : zones(zone);
    response.setHeader('content-type', 'text/xml').end(`<?xml version="1.0"?>${body}`);
  });
  await new Promise<void>((listening) => route53.listen(0, '127.0.0.1', listening));
});
afterAll(() => route53?.close());

test.each([DOMAIN, 'example.com'])('external-dns writes records of the domain into the zone %s', async (name) => {
  zone = name;
  const log = await desired(flags(name), DOMAIN);
  expect(log).toMatch(/Desired change: CREATE \w+\.staging\.example\.com A/);
});

test('external-dns writes no record of another domain into the zone above', async () => {
  zone = 'example.com';
  const log = await desired(flags(zone), 'production.example.com');
  expect(log).toContain('All records are already up to date');
});

test('without the flag for a zone above, external-dns writes nothing and reports no error', async () => {
  zone = 'example.com';
  const log = await desired(flags(DOMAIN), DOMAIN);
  expect(log).toContain('All records are already up to date');
  expect(log).not.toMatch(/level=(error|fatal)/);
});

/** The flags of a cluster whose facts name the zone. */
function flags(name: string): readonly string[] {
  const facts = factsOf('eks').parse({
    region: 'eu-north-1',
    vpc_cidr: '10.0.0.0/16',
    service_cidr: '172.20.0.0/16',
    dns_zone_name: name,
    hosted_zone_id: ZONE_ID,
    backup_bucket: 'example-backups',
    backup_kms_key_arn: 'arn:aws:kms:eu-north-1:000000000000:key/0',
  });
  return createCloud('eks', { name: 'staging', domain: DOMAIN }, facts).zone?.args ?? [];
}

/** What it would write for hosts of a domain, which its source `fake` makes up. */
async function desired(args: readonly string[], domain: string): Promise<string> {
  const [port] = await freePorts(1);
  const { stdout, stderr } = await run(
    program,
    [
      ...args,
      '--source=fake',
      `--fqdn-template=${domain}`,
      '--policy=upsert-only',
      '--registry=noop',
      '--once',
      '--dry-run',
      `--metrics-address=127.0.0.1:${port}`,
    ],
    {
      env: {
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(route53.address() as AddressInfo).port}`,
        AWS_REGION: 'eu-north-1',
        AWS_ACCESS_KEY_ID: 'invalid',
        AWS_SECRET_ACCESS_KEY: 'invalid',
      },
    },
  );
  return `${stdout}${stderr}`;
}

const NAMESPACE = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';

function zones(name: string): string {
  return (
    `<ListHostedZonesResponse ${NAMESPACE}><HostedZones><HostedZone><Id>/hostedzone/${ZONE_ID}</Id>` +
    `<Name>${name}.</Name><CallerReference>0</CallerReference><Config><PrivateZone>false</PrivateZone></Config>` +
    '</HostedZone></HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>'
  );
}

function records(): string {
  return (
    `<ListResourceRecordSetsResponse ${NAMESPACE}><ResourceRecordSets></ResourceRecordSets>` +
    '<IsTruncated>false</IsTruncated><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>'
  );
}
