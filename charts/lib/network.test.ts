import { describe, expect, it } from 'vitest';
import { Component } from '../component.ts';
import { manifestsOf } from '../render/manifests.ts';
import { Deployment } from './deployment.ts';
import { at, listAt, type Manifest } from './manifest.ts';
import { firstAddress } from './cidr.ts';
import { addressesOrAny, API_SERVER, connect, metadataRangeOf, policySpec, withoutMetadata } from './network.ts';

/** A component with one Deployment per role, each with a port of the same name. */
class Parts extends Component {
  readonly workloads: Readonly<Record<string, Deployment>>;

  constructor(name: string, ...roles: string[]) {
    super(name, { tier: 'apps' });
    const resources = { cpu: '10m', cpuLimit: '1', memory: '64Mi' };
    this.workloads = Object.fromEntries(
      roles.map((role, i) => [
        role,
        new Deployment(this, {
          settings: {},
          role,
          containers: [{ name: role, image: 'a:1', ports: { [role]: 8000 + i }, resources }],
        }),
      ]),
    );
  }

  workload(role: string): Deployment {
    const found = this.workloads[role];
    if (!found) throw new Error(`no ${role}`);
    return found;
  }
}

function policy(component: Component, name: string): Manifest {
  const found = manifestsOf(component).manifests.find((m) => m.kind === 'NetworkPolicy' && m.metadata.name === name);
  if (!found) throw new Error(`no NetworkPolicy ${name}`);
  return found;
}

const port = (number: number): object[] => [{ port: number, protocol: 'TCP' }];
const pods = (component: string, role?: string): object => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': component } },
  podSelector: {
    matchLabels: {
      'app.kubernetes.io/name': component,
      ...(role && { 'app.kubernetes.io/component': role, 'app.kubernetes.io/instance': component }),
    },
  },
});

describe('connect', () => {
  it('allows egress of the client and ingress of the server, and nothing else', () => {
    const [web, db] = [new Parts('web', 'http', 'other'), new Parts('db', 'sql')];
    connect(web.workload('http').endpoint, db.workload('sql').endpoint, 'sql');
    expect(listAt(policy(web, 'web-http'), 'spec', 'egress').slice(1)).toEqual([
      { to: [pods('db', 'sql')], ports: port(8000) },
    ]);
    expect(listAt(policy(db, 'db-sql'), 'spec', 'ingress')).toEqual([
      { from: [pods('web', 'http')], ports: port(8000) },
    ]);
    expect(at(policy(web, 'web-http'), 'spec', 'ingress')).toBeUndefined();
    expect(listAt(policy(web, 'web-other'), 'spec', 'egress')).toHaveLength(1);
    expect(listAt(policy(db, 'db-sql'), 'spec', 'egress')).toHaveLength(1);
  });

  it('allows egress of every workload of a client component', () => {
    const [web, db] = [new Parts('web', 'http', 'other'), new Parts('db', 'sql')];
    connect(web, db.workload('sql').endpoint, 'sql');
    for (const name of ['web-http', 'web-other'])
      expect(listAt(policy(web, name), 'spec', 'egress').at(-1)).toEqual({
        to: [pods('db', 'sql')],
        ports: port(8000),
      });
    expect(listAt(policy(db, 'db-sql'), 'spec', 'ingress')).toEqual([{ from: [pods('web')], ports: port(8000) }]);
  });

  it('takes effect on a policy that was rendered before', () => {
    const [web, db] = [new Parts('web', 'http'), new Parts('db', 'sql')];
    expect(at(policy(db, 'db-sql'), 'spec', 'ingress')).toBeUndefined();
    connect(web, db.workload('sql').endpoint, 'sql');
    expect(listAt(policy(db, 'db-sql'), 'spec', 'ingress')).toHaveLength(1);
  });

  it('adds one rule when called twice', () => {
    const [web, db] = [new Parts('web', 'http'), new Parts('db', 'sql')];
    for (let i = 0; i < 2; i++) connect(web, db.workload('sql').endpoint, 'sql');
    expect(listAt(policy(db, 'db-sql'), 'spec', 'ingress')).toHaveLength(1);
    expect(listAt(policy(web, 'web-http'), 'spec', 'egress')).toHaveLength(2);
  });

  it('throws a Fault that names both ends if the server has no such port', () => {
    const [web, db] = [new Parts('web', 'http'), new Parts('db', 'sql')];
    expect(() => connect(web.workload('http').endpoint, db.workload('sql').endpoint, 'sqll')).toThrow(
      /^web\/web-http connects to port "sqll" of db\/db-sql, which has no such port[\s\S]*did you mean "sql"\?/,
    );
  });
});

describe('NetworkPolicy', () => {
  it('allows egress to the DNS servers set by the time it is rendered', () => {
    const web = new Parts('web', 'http');
    web.dns = [{ cidr: '169.254.20.10/32' }];
    expect(listAt(policy(web, 'web-http'), 'spec', 'egress')).toEqual([
      {
        to: [{ ipBlock: { cidr: '169.254.20.10/32' } }],
        ports: [{ port: 53, protocol: 'UDP' }, ...port(53)],
      },
    ]);
  });
});

describe('the API server', () => {
  const egress = (apiServer: Parameters<typeof policySpec>[3]['apiServer']): unknown =>
    policySpec({}, { egress: [API_SERVER] }, [], { dns: [], apiServer }).egress?.[1]?.to;

  it('is reached at the addresses of the cluster', () => {
    expect(egress(addressesOrAny(['10.0.0.1/32', '192.0.2.0/28']))).toEqual([
      { ipBlock: { cidr: '10.0.0.1/32' } },
      { ipBlock: { cidr: '192.0.2.0/28' } },
    ]);
  });

  it('is reached anywhere but at metadata services if its addresses are not known', () => {
    expect(egress(addressesOrAny([]))).toEqual([
      { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16', '168.63.129.16/32'] } },
      { ipBlock: { cidr: '::/0', except: ['fe80::/10', 'fd00:ec2::/32', 'fd20:ce::254/128'] } },
    ]);
  });
});

describe('a range of addresses', () => {
  it.each([
    ['168.0.0.0/8', ['168.63.129.16/32']],
    ['169.0.0.0/8', ['169.254.0.0/16']],
    ['10.0.0.0/8', undefined],
    ['fd00::/8', ['fd00:ec2::/32', 'fd20:ce::254/128']],
    ['2001:db8::/32', undefined],
  ])('%s is without the metadata services in it', (cidr, except) => {
    expect(withoutMetadata(cidr)).toEqual({ cidr, ...(except && { except }) });
  });

  it.each([
    ['169.254.169.254/32', '169.254.0.0/16'],
    ['fd00:ec2::254/128', 'fd00:ec2::/32'],
    ['169.0.0.0/8', undefined],
  ])('%s is in the range of metadata services %s', (cidr, range) => {
    expect(metadataRangeOf(cidr)).toBe(range);
  });

  it.each([
    ['10.96.0.0/16', '10.96.0.1'],
    ['172.20.128.0/17', '172.20.128.1'],
    ['10.0.3.7/24', '10.0.3.1'],
  ])('%s has the first address %s', (cidr, first) => {
    expect(firstAddress(cidr)).toBe(first);
  });
});
