import { lists, sizes } from '../limits.ts';
import { CONTAINER, type Mutation, mutations } from './mutation.ts';

const times = (count: number, item: (i: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, i) => item(i));

/** Sizes of objects and lists. */
export const limitsMutations: readonly Mutation[] = [
  ...mutations(sizes, {
    'ConfigMap of more than 1 MiB': [
      (d) => d.set(d.find('ConfigMap'), ['data', 'large'], 'x'.repeat(1024 * 1024)),
      /^ConfigMap .* has \d+ bytes, more than 1048576/,
    ],
    'annotations of more than 256 KiB': [
      (d) => d.set(d.find('Service'), ['metadata', 'annotations'], { large: 'x'.repeat(256 * 1024) }),
      /^Service .* has \d+ bytes of annotations, more than 262144/,
    ],
    'argument of more than 128 KiB': [
      (d) => d.set(d.find('Deployment', 'gateway'), [...CONTAINER, 'args', 0], 'x'.repeat(128 * 1024 + 1)),
      /^Deployment .* has \d+ bytes at .*args\[0\], more than 131072/,
    ],
  }),
  ...mutations(lists, {
    'Gateway with 65 listeners': [
      (d) =>
        d.set(
          d.find('Gateway'),
          ['spec', 'listeners'],
          times(65, (i) => ({ name: `l${i}`, port: 80, protocol: 'HTTP' })),
        ),
      /^Gateway .* has 65 spec.listeners, more than 64/,
    ],
    'HTTPRoute with 17 hosts': [
      (d) =>
        d.set(
          d.find('HTTPRoute'),
          ['spec', 'hostnames'],
          times(17, (i) => `h${i}.example.net`),
        ),
      /^HTTPRoute .* has 17 spec.hostnames, more than 16/,
    ],
    'Certificate for 101 names': [
      (d) =>
        d.set(
          d.find('Certificate'),
          ['spec', 'dnsNames'],
          times(101, (i) => `h${i}.example.net`),
        ),
      /^Certificate .* has 101 spec.dnsNames, more than 100/,
    ],
  }),
];
