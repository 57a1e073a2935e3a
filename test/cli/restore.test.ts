import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../charts/lib/manifest.ts';
import { commandsOf } from '../../cli/restore/restore.ts';
import { renderTestFleet } from '../lib/fleet.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

const fleet = await renderTestFleet();

function objectsOf(cluster: string, component: string): Manifest[] {
  const objects = fleet.find(({ name }) => name === cluster)?.objects ?? [];
  return objects.filter((one) => one.component === component).map(({ manifest }) => manifest);
}

/** The commands of a runbook: its first two blocks. */
function commandsIn(runbook: string): string[] {
  const text = readFileSync(join(REPOSITORY, 'docs', 'runbooks', `${runbook}.md`), 'utf8');
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)]
    .slice(0, 2)
    .flatMap(([, block = '']) => block.trimEnd().split('\n'));
}

const commands = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('slipway restore', () => {
  // A fork may have taken a component out.
  const runbooks = [
    ['mongo', 'restore-mongo'],
    ['postfacto', 'restore-postfacto'],
  ] as const;
  it.each(runbooks.filter(([component]) => objectsOf('test-aks', component).length > 0))(
    'prints for %s the commands that the runbook %s has, which are run on real clusters',
    (component, runbook) => {
      const text = commandsOf(objectsOf('test-aks', component), { cluster: 'test-aks', component });
      expect(commands(text)).toEqual(commandsIn(runbook));
    },
  );

  it('has the names of the instance, the namespace and the backup that it is asked for', () => {
    const component = 'mongo-analytics';
    const text = commandsOf(objectsOf('test-eks', component), {
      cluster: 'test-eks',
      component,
      to: 'drill',
      backup: 'volumes-1',
    });
    expect(text).toContain('--from-backup volumes-1 --include-namespaces mongo-analytics');
    expect(text).toContain('--namespace-mappings mongo-analytics:drill');
    expect(text).toContain('exec mongo-analytics-dump-0 -- bash /etc/dump/verify.sh');
    expect(text).toContain('mongo-analytics-0.mongo-analytics.mongo-analytics.svc.cluster.local:27017');
    expect(text).not.toMatch(/-restored|BACKUP/);
  });

  it('refuses a component without a database', () => {
    expect(() => commandsOf(objectsOf('test-aks', 'gateway'), { cluster: 'test-aks', component: 'gateway' })).toThrow(
      'gateway of test-aks has no database with dumps',
    );
  });
});
