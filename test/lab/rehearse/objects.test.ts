import { expect, it } from 'vitest';
import type { Manifest } from '../../../charts/lib/manifest.ts';
import { changesOf, type Rendered } from './objects.ts';

const object = (kind: string, name: string, annotations?: Manifest['metadata']['annotations']): Rendered => ({
  application: 'shop',
  manifest: { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', annotations } },
});
const uid = (kind: string, name: string, value: string) => [`|${kind}|shop|${name}`, value] as const;

it('objects are created, deleted and replaced by their uid; a hook that is another one ran again', () => {
  const hook = { 'argocd.argoproj.io/hook': 'Sync' };
  const objects = [
    object('Service', 'stays'),
    object('Service', 'comes'),
    object('Service', 'goes'),
    object('Service', 'another'),
    object('Service', 'never'),
    object('Job', 'setup', hook),
    object('Job', 'added', hook),
  ];
  const before = [uid('Service', 'stays', '1'), uid('Service', 'goes', '2'), uid('Service', 'another', '3')];
  const after = [uid('Service', 'stays', '1'), uid('Service', 'comes', '4'), uid('Service', 'another', '5')];
  expect(
    changesOf(
      objects,
      new Map([...before, uid('Job', 'setup', '6')]),
      new Map([...after, uid('Job', 'setup', '7'), uid('Job', 'added', '8')]),
    ),
  ).toEqual({
    changes: [
      { application: 'shop', object: 'Job shop/added', how: 'created' },
      { application: 'shop', object: 'Service shop/another', how: 'replaced' },
      { application: 'shop', object: 'Service shop/comes', how: 'created' },
      { application: 'shop', object: 'Service shop/goes', how: 'deleted' },
    ],
    hooks: [{ application: 'shop', object: 'Job shop/setup' }],
  });
});
