import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../../charts/lib/manifest.ts';
import { PUBLISHING } from '../../cli/doctor/registry.ts';
import { REPOSITORY } from '../lib/load-fleet.ts';

const read = (path: string): unknown => load(readFileSync(join(REPOSITORY, '.github', path), 'utf8'));
const steps = listAt(read('workflows/release.yaml'), 'jobs', 'publish', 'steps');
const indexOf = (part: string): number => {
  const index = steps.findIndex((step) => JSON.stringify(step).includes(part));
  expect(index, `there is a step with ${part}`).toBeGreaterThan(-1);
  return index;
};

describe('the workflow release', () => {
  it('is stopped before it signs in if the variables of its registry are missing: it asks for all that there are', () => {
    const asks = steps[indexOf('registry-login.sh how')];
    expect(textAt(asks, 'id')).toBe('registry');
    expect(at(asks, 'env')).toEqual(Object.fromEntries([...PUBLISHING].map((name) => [name, `\${{ vars.${name} }}`])));
    for (const action of ['azure/login@', 'aws-actions/configure-aws-credentials@'])
      expect(indexOf(action)).toBeGreaterThan(indexOf('registry-login.sh how'));
  });

  it.each([
    ['azure/login@', 'azure'],
    ['aws-actions/configure-aws-credentials@', 'aws'],
  ])('signs in by %s only for a registry there, with the version that Terraform signs in by', (action, kind) => {
    const step = steps[indexOf(action)];
    expect(textAt(step, 'if')).toBe(`steps.registry.outputs.login == '${kind}'`);
    const ofTerraform = listAt(read('actions/terraform/action.yaml'), 'runs', 'steps').map((one) =>
      textAt(one, 'uses'),
    );
    expect(ofTerraform).toContain(textAt(step, 'uses'));
  });

  it('logs in before it pushes, after it has signed in, with no secret but the one of other registries', () => {
    expect(indexOf('registry-login.sh \\"$IMAGE\\"')).toBeGreaterThan(indexOf('aws-actions/'));
    expect(indexOf('push-image.sh')).toBeGreaterThan(indexOf('registry-login.sh \\"$IMAGE\\"'));
    const secrets = [...JSON.stringify(steps).matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
    expect(secrets).toEqual(['REGISTRY_PASSWORD']);
  });
});
