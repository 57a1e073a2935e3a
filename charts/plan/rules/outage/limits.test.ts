import { CONTAINER, POD, prove, set } from '../../../../test/lib/plan-rules.ts';
import { LIMITS } from './limits.ts';

const KIB = 1024;

prove(LIMITS, {
  'SLP-duplicate-item': {
    fires: {
      'a variable': [
        set(
          'Deployment',
          'hello',
          [...CONTAINER, 'env'],
          [
            { name: 'LEVEL', value: 'a' },
            { name: 'LEVEL', value: 'b' },
          ],
        ),
        /env has LEVEL twice$/,
      ],
      'a port of a Service': [
        set(
          'Service',
          'hello',
          ['spec', 'ports'],
          [
            { name: 'a', port: 80 },
            { name: 'b', port: 80, protocol: 'TCP' },
          ],
        ),
        /^Service hello\/hello is refused: spec\.ports has 80 twice$/,
      ],
    },
    quiet: {
      'one port by two protocols': set(
        'Service',
        'hello',
        ['spec', 'ports'],
        [
          { name: 'a', port: 80 },
          { name: 'b', port: 80, protocol: 'UDP' },
        ],
      ),
      'two tolerations of one key': set(
        'Deployment',
        'hello',
        [...POD, 'tolerations'],
        [
          { key: 'a', operator: 'Exists', effect: 'NoSchedule' },
          { key: 'a', operator: 'Exists', effect: 'NoExecute' },
        ],
      ),
    },
  },
  'SLP-too-large': {
    fires: {
      annotations: [
        set('Service', 'hello', ['metadata', 'annotations'], { a: 'x'.repeat(256 * KIB) }),
        /its annotations would take 257 KiB, and 256 KiB is the most$/,
      ],
      'data of a ConfigMap': [
        set('ConfigMap', 'mongo-setup', ['data'], { a: 'x'.repeat(1025 * KIB) }),
        /its data would take 1026 KiB, and 1024 KiB is the most$/,
      ],
    },
    quiet: { 'as much as there may be': set('ConfigMap', 'mongo-setup', ['data'], { a: 'x'.repeat(1023 * KIB) }) },
  },
});
