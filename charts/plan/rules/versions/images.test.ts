import { CONTAINER, drop, type Edit, prove, set } from '../../../../test/lib/plan-rules.ts';
import { IMAGES } from './images.ts';

const image = (text: string): Edit => set('Deployment', 'hello', [...CONTAINER, 'image'], text);
const DIGEST = `sha256:${'1'.repeat(64)}`;
const OTHER = `sha256:${'2'.repeat(64)}`;
const NAME = 'registry.example.net/hello';

prove(IMAGES, {
  'SLP-image-major': {
    given: image(`${NAME}:2.3.1`),
    fires: {
      major: [image(`${NAME}:3.0.0`), /^Deployment hello\/hello goes from hello 2\.3\.1 to 3\.0\.0, which may break/],
    },
    quiet: {
      minor: image(`${NAME}:2.4.0`),
      'the same with a v': image(`${NAME}:v2.3.1`),
      'another image': image('registry.example.net/other:9.0.0'),
    },
  },
  'SLP-image-older': {
    given: image(`${NAME}:2.10.0`),
    fires: {
      older: [image(`${NAME}:2.9.0`), /goes back from hello 2\.10\.0 to 2\.9\.0$/],
      'of an operator': [
        set('Prometheus', 'main', ['spec', 'image'], 'quay.io/prometheus/prometheus:v3.1.0'),
        /^Prometheus prometheus\/main goes back/,
      ],
    },
    quiet: { newer: image(`${NAME}:2.11.0`), 'no version': image(`${NAME}:main`) },
  },
  'SLP-tag-repointed': {
    given: image(`${NAME}:1.0.0@${DIGEST}`),
    fires: {
      'another digest': [
        image(`${NAME}:1.0.0@${OTHER}`),
        /^Tag 1\.0\.0 of hello stands for another image than before \(tag re-pointed\)/,
      ],
    },
    quiet: { 'another tag': image(`${NAME}:1.0.1@${OTHER}`), 'no digest': image(`${NAME}:1.0.0`) },
  },
  'SLP-no-digest': {
    given: image(`${NAME}:1.0.0@${DIGEST}`),
    fires: { lost: [image(`${NAME}:1.0.0`), /runs whatever registry\.example\.net\/hello:1\.0\.0 stands for/] },
    quiet: {
      'a digest': image(`${NAME}:1.0.0@${OTHER}`),
      'a new image where digests are not usual': (d) => d.copy(d.find('Deployment', 'ledger'), 'new'),
    },
  },
  'SLP-other-registry': {
    fires: {
      another: [
        image('other.example.net/hello:1.0.0'),
        /pulls hello from other\.example\.net instead of registry\.example\.net$/,
      ],
    },
    quiet: {
      'the same in full': (d) => d.set(d.find('StatefulSet', 'mongo'), [...CONTAINER, 'image'], 'mongo:8.0.29'),
      'another tag': image(`${NAME}:2.0.0`),
    },
  },
  'SLP-other-image': {
    fires: { another: [image('registry.example.net/other:1.0.0'), /runs other instead of hello$/] },
    quiet: {
      'another registry': image('other.example.net/other:1.0.0'),
      'no image': drop('Deployment', 'hello', ...CONTAINER, 'imagePullPolicy'),
    },
  },
});
