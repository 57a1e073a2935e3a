import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import type { Pin } from '../../charts/pins.ts';
import { grouped } from '../../charts/lib/grouped.ts';
import { componentOf, pinFilesOf } from '../../cli/pin-files.ts';
import { TemporaryRepository } from '../lib/temporary-repository.ts';

const RING = 'first';
const repository = await TemporaryRepository.make();
afterAll(() => repository.remove());

/** A digest, or a commit, that is in no other component's pins. */
const markOf = (component: string): string => createHash('sha256').update(component).digest('hex');
const marked = (pin: Pin, mark: string): Pin => ({
  ...pin,
  digest: pin.datasource === 'docker' ? `sha256:${mark}` : mark.slice(0, 40),
});

describe('componentOf', () => {
  it('finds the component whose version a rendered file has, for every file of the test fleet', async () => {
    const files = pinFilesOf(repository.root, RING);
    for (const { component, file, pins } of files) {
      const changed = Object.entries(pins).map(([name, pin]) => [name, marked(pin, markOf(component))] as const);
      repository.put(file, JSON.stringify(Object.fromEntries(changed)));
    }
    expect(await repository.run('synth')).toMatchObject({ code: 0, stderr: '' });
    const components = files.map(({ component }) => component);
    const found = Object.entries(repository.contents()).flatMap(([path, text]) => {
      const own = components.filter((component) => text.includes(markOf(component).slice(0, 40)));
      return own.map((component) => ({ path, component }));
    });
    const wrong = found.filter(
      ({ path, component }) => componentOf(path.slice(path.indexOf('/') + 1), components) !== component,
    );
    expect(wrong).toEqual([]);
    // What Terraform reads has its version alone.
    const without = components.filter((one) => !grouped(found, ({ component }) => component).has(one));
    expect(without).toEqual(['argo-cd']);
  });

  it.each([
    ['cluster.json', 'argo-cd'],
    ['gateway/Deployment.gateway.yaml', 'gateway'],
    ['gateway-api/Namespace.x.yaml', 'gateway-api'],
    ['applications/Application.gateway-api.yaml', 'gateway-api'],
    ['applications/Application.gateway-definitions.yaml', 'gateway'],
    ['mongo-analytics/StatefulSet.mongo.analytics.yaml', 'mongo'],
    ['mongodb/Service.mongodb.yaml', undefined],
  ])('finds that of %s: %s', (file, component) => {
    expect(componentOf(file, ['gateway', 'gateway-api', 'mongo'])).toBe(component);
  });
});
