import { DNS_IMAGE } from '../real/dns.ts';
import { PAUSE_IMAGE } from '../real/containerd.ts';
import type { Image } from './image.ts';
import { programLayer } from './program.ts';

/** Images of what a new cluster brings along. */
export const CLUSTER_IMAGES: readonly Image[] = [
  {
    repository: PAUSE_IMAGE.split(':')[0]!,
    origin: { real: 'its own program, of the same few lines as upstream’s' },
    layers: [programLayer('pause', '/pause')],
    config: { Entrypoint: ['/pause'], User: '65535:65535' },
  },
  {
    repository: DNS_IMAGE.split(':')[0]!,
    origin: { real: 'CoreDNS' },
    layers: [programLayer('coredns', '/coredns')],
    config: { Entrypoint: ['/coredns'] },
  },
];
