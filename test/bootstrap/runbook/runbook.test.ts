import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fork } from '../../forks/fork.ts';
import { loadFleet, REPOSITORY } from '../../lib/load-fleet.ts';
import { isInCloud } from '../terraform.ts';
import { CLOUDS, type CloudName, type Step, stepsOf } from './document.ts';
import { Machine } from './machine.ts';
import { MISTAKES } from './mistakes.ts';

const FIRST = 'docs/runbooks/first-cluster.md';
const NEXT = 'docs/runbooks/new-environment.md';
const CLOUD_OF: Readonly<Record<string, CloudName>> = { aks: 'Azure', eks: 'AWS' };

const clusters = (await loadFleet())
  .filter(isInCloud)
  .flatMap(({ name, settings: { cloud } }) => (CLOUD_OF[cloud] ? [{ name, cloud: CLOUD_OF[cloud] }] : []));

/** The steps of a runbook, with its first block as somebody fills it in. */
function filled(document: string, cloud: CloudName, values: Readonly<Record<string, string>>): Step[] {
  return stepsOf(join(REPOSITORY, document), document, cloud).map((step, i) =>
    i > 0 ? step : { ...step, code: Object.entries(values).reduce(assigned, step.code) },
  );
}

function assigned(code: string, [name, value]: readonly [string, string]): string {
  const before = new RegExp(String.raw`(?<=^|\s)${name}=\S*`, 'm');
  if (!before.test(code)) throw new Error(`the first block of the runbook does not set ${name}`);
  return code.replace(before, `${name}=${value}`);
}

/** The registry that is made with a cluster. */
const REGISTRY_OF: Readonly<Record<CloudName, (cluster: string) => string>> = {
  Azure: (cluster) => `acme${cluster.replaceAll('-', '')}.azurecr.io/platform`,
  AWS: (cluster) => `111122223333.dkr.ecr.us-east-1.amazonaws.com/acme-${cluster}`,
};
const PUBLISHES: Readonly<Record<CloudName, string>> = { Azure: 'AZURE_PUBLISH_CLIENT_ID', AWS: 'AWS_PUBLISH_ROLE' };

/** In place of `slipway init`, with those files alone that are read until the cluster is made. */
const BEGIN = `git clone --quiet --sparse --origin upstream "$UPSTREAM" platform
cd platform
git sparse-checkout set .github bootstrap "dist/$CLUSTER"
sed -i -e 's/^\\( *organization *= *\\).*/\\1"acme"/' -e "s|^\\( *image_registry *= *\\).*|\\1\\"$REGISTRY\\"|" bootstrap/modules/settings/main.tf
rm -rf "dist/$CLUSTER/applications"
git commit --quiet --all --message 'Make it the fleet of acme'
gh repo create "$REPOSITORY" --private --source . --remote origin --push
`;

/** What asks the person at the terminal, who would answer with the line that follows in what was pasted. */
const ASKS = /^(gh auth login .*|az login|aws sso login|terraform (.* )?apply)$/m;

describe.each(CLOUDS)(`${FIRST} on %s`, (cloud) => {
  it('has each command that asks at the end of its block', () => {
    const asking = stepsOf(join(REPOSITORY, FIRST), FIRST, cloud).filter(({ code }) => ASKS.test(code));
    expect(asking.length).toBeGreaterThan(3);
    expect(asking.filter(({ code }) => !ASKS.test(code.trimEnd().split('\n').at(-1) ?? ''))).toEqual([]);
  });
});

describe.skipIf(clusters.length === 0)(FIRST, () => {
  let upstream: Fork;
  beforeAll(() => {
    upstream = Fork.ofRepository();
    upstream.commitAll();
  });
  afterAll(() => upstream.delete());

  it.each(clusters)('makes $name on $cloud alone, and another one like it', async ({ name, cloud }) => {
    const other = `new-${cloud.toLowerCase()}`;
    await on(async (machine) => {
      const { code, stdout, stderr } = await machine.run([
        ...filled(FIRST, cloud, { UPSTREAM: upstream.folder, CLUSTER: name, REGISTRY: REGISTRY_OF[cloud](name) }),
        ...filled(NEXT, cloud, { MODEL: name, CLUSTER: other, CLUSTER_DOMAIN: 'new.acme.dev' }),
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('failed:') });
      expect([...machine.world.handedOver]).toEqual([`acme-${name}`, `acme-${other}`]);
      const { azure, aws, remote } = machine.world;
      expect([...azure.budgets, ...aws.budgets]).toHaveLength(1);
      expect([...(remote?.secrets.keys() ?? [])]).toEqual(['RENDER_APP_PRIVATE_KEY']);
      expect(remote?.variables.has(PUBLISHES[cloud])).toBe(true);
      expect(machine.world.setting('image_registry')).toBe(`"${REGISTRY_OF[cloud](name)}"`);
      // Of each cluster's account, before it is made: nothing is missing, and nothing was asked in vain.
      expect(stdout.match(/^\d+ checks: .*$/gm)).toEqual(
        Array.from({ length: 2 }, () => expect.stringMatching(/: all in force$/)),
      );
      expect(stdout).toContain('in force  the variables are set that workflows cannot do without');
      expect(stdout).toContain("in force  clouds trust the repository's sign-in tokens");
      for (const one of [name, other]) {
        expect(machine.world.pushed(`bootstrap/roots/${one}/.terraform.lock.hcl`)).toBeDefined();
        expect(stdout).toContain(`repos/acme/platform/environments/${one} --input`);
      }
    });
  });

  /** Without what takes long and asks no cloud; up to the cluster. */
  const shortened = (cloud: CloudName, cluster: string): Step[] =>
    filled(FIRST, cloud, {
      UPSTREAM: upstream.folder,
      CLUSTER: cluster,
      REGISTRY: REGISTRY_OF[cloud](cluster),
    }).flatMap((step, i, all) => {
      if (i >= all.findIndex(({ code }) => code.includes('slipway facts'))) return [];
      if (step.code.includes('slipway init')) return [{ ...step, code: BEGIN }];
      return step.code.includes('npx') ? [] : [step];
    });

  describe.each(CLOUDS)('with a mistake, on %s', (cloud) => {
    const cluster = clusters.find((one) => one.cloud === cloud)?.name ?? '';
    const mistakes = MISTAKES.filter((one) => one.cloud === cloud);

    it.skipIf(cluster === '')('is none without', async () => {
      await on(async (machine) => {
        expect((await machine.run(shortened(cloud, cluster))).stderr).not.toContain('failed:');
      });
    });

    it.skipIf(cluster === '').each(mistakes)('$is', async ({ from, to, says }) => {
      const steps = shortened(cloud, cluster);
      const changed = steps.map((step) => ({ ...step, code: step.code.replace(from, to) }));
      expect(changed).not.toEqual(steps);
      await on(async (machine) => {
        const { code, stderr } = await machine.run(changed);
        expect(code).not.toBe(0);
        expect(stderr).toContain(says);
      });
    });
  });
});

async function on(use: (machine: Machine) => Promise<void>): Promise<void> {
  const machine = await Machine.start();
  try {
    await use(machine);
  } finally {
    await machine.stop();
  }
}
