import { CLUSTER_IMAGES } from './cluster.ts';
import { grafana } from './grafana.ts';
import type { Image } from './image.ts';
import { mongo, mongodbExporter } from './mongo.ts';
import { MONITORING_IMAGES } from './monitoring.ts';
import { PLATFORM_IMAGES } from './platform.ts';
import { postfacto } from './postfacto.ts';
import { postgres } from './postgres.ts';
import { serviceImages } from './services.ts';
import { TEST_SERVICES } from './test-services.ts';
import { valkey } from './valkey.ts';

/** All images that the lab makes. */
export function images(checkout: string): Image[] {
  return [
    ...CLUSTER_IMAGES,
    ...PLATFORM_IMAGES,
    ...MONITORING_IMAGES,
    grafana,
    ...serviceImages(checkout),
    mongo,
    mongodbExporter,
    postfacto,
    postgres,
    valkey,
    ...TEST_SERVICES,
  ];
}
