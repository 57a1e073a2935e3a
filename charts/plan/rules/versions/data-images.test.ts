import { CONTAINER, type Edit, prove, set } from '../../../../test/lib/plan-rules.ts';
import { DATA_IMAGES } from './data-images.ts';

const mongo = (tag: string): Edit =>
  set('StatefulSet', 'mongo', [...CONTAINER, 'image'], `docker.io/library/mongo:${tag}`);
/** Not every cluster of a fork has one of its own. */
const postgres = (tag: string): Edit =>
  set('StatefulSet', 'mongo', [...CONTAINER, 'image'], `docker.io/library/postgres:${tag}`);
const job = (tag: string): Edit => set('Job', 'mongo-setup', [...CONTAINER, 'image'], `docker.io/library/mongo:${tag}`);

prove(DATA_IMAGES, {
  'SLP-data-older': {
    fires: {
      'a minor version back': [
        mongo('7.3.0'),
        /^StatefulSet mongo\/mongo goes back from 8\.0\.\d+ to 7\.3\.0, with a volume that the newer version wrote to$/,
      ],
    },
    quiet: {
      'a patch back': mongo('8.0.1'),
      'of a program without a volume': set(
        'Deployment',
        'hello',
        [...CONTAINER, 'image'],
        'registry.example.net/hello:0.1.0',
      ),
    },
  },
  'SLP-data-major-skipped': {
    fires: { 'two majors': [mongo('10.0.1'), /goes from 8\.0\.\d+ to 10\.0\.1 at once/] },
    quiet: {
      'the next major': mongo('9.0.1'),
      'of a program without a volume': set(
        'Deployment',
        'hello',
        [...CONTAINER, 'image'],
        'registry.example.net/hello:9.0.0',
      ),
    },
  },
  'SLP-data-unconverted': {
    given: postgres('17.6'),
    fires: {
      'the next major of PostgreSQL': [
        postgres('18.1'),
        /^StatefulSet mongo\/mongo goes from 17\.6 to 18\.1, and does not start on the data/,
      ],
    },
    quiet: { 'a minor version of PostgreSQL': postgres('17.99'), 'another program': mongo('9.0.1') },
  },
  'SLP-migration-back': {
    fires: { older: [job('8.0.1'), /^Job mongo\/mongo-setup goes back from 8\.0\.\d+ to 8\.0\.1/] },
    quiet: {
      newer: job('8.1.0'),
      'a Deployment': set('Deployment', 'hello', [...CONTAINER, 'image'], 'registry.example.net/hello:0.1.0'),
    },
  },
});
