import { accounts, core, fileOf, NONROOT, PATH, writeTexts } from './debian.ts';
import type { Image, Layer } from './image.ts';
import { NODE, node } from './node.ts';

const PROGRAM = 'app/service.mjs';

const program: Layer = {
  name: 'test-service',
  key: () => fileOf('service.mjs'),
  write: (root) => writeTexts(root, { [PROGRAM]: fileOf('service.mjs') }),
};

/** Images of the services of the product tests' clusters, which no repository has. */
export const TEST_SERVICES: readonly Image[] = ['hello', 'ledger'].map((service) => ({
  repository: `registry.example.net/${service}`,
  origin: {
    played: 'answers every request, its probes and its metrics',
    because: 'it is a name of the product tests’ clusters, whose services have no source',
  },
  layers: [core, node, accounts(NONROOT), program],
  config: { Entrypoint: [NODE, `/${PROGRAM}`], Env: [`PATH=${PATH}`], User: `${NONROOT.id}` },
}));
