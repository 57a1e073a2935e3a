import { drop, POD, prove, set } from '../../../../test/lib/plan-rules.ts';
import { ROLLOUTS } from './rollout.ts';

const UNAVAILABLE = ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'] as const;

prove(ROLLOUTS, {
  'SLP-recreate': {
    fires: {
      Recreate: [
        set('Deployment', 'hello', ['spec', 'strategy'], { type: 'Recreate' }),
        /was RollingUpdate, and is Recreate$/,
      ],
    },
    quiet: { 'the default': drop('Deployment', 'hello', 'spec', 'strategy') },
  },
  'SLP-update-unavailable': {
    fires: {
      'all pods': [
        set('Deployment', 'hello', UNAVAILABLE, '100%'),
        /may stop 100 % of its pods at once instead of 0 %$/,
      ],
      'of a DaemonSet': [
        set('DaemonSet', 'node-exporter', ['spec', 'updateStrategy'], { rollingUpdate: { maxUnavailable: '80%' } }),
        /^An update of DaemonSet node-exporter\/node-exporter may stop 80 %/,
      ],
    },
    quiet: {
      'one of two': set('Deployment', 'hello', UNAVAILABLE, 1),
      'fewer replicas': set('Deployment', 'hello', ['spec', 'replicas'], 1),
    },
  },
  'SLP-updates-stop': {
    fires: {
      OnDelete: [
        set('StatefulSet', 'mongo', ['spec', 'updateStrategy', 'type'], 'OnDelete'),
        /was RollingUpdate, and is OnDelete$/,
      ],
      'a partition': [
        set('StatefulSet', 'mongo', ['spec', 'updateStrategy', 'rollingUpdate'], { partition: 2 }),
        /do not reach its pods below 2: the partition was 0$/,
      ],
    },
    quiet: {
      'the default': set('StatefulSet', 'mongo', ['spec', 'updateStrategy', 'rollingUpdate'], { partition: 0 }),
    },
  },
  'SLP-grace-shorter': {
    fires: {
      'of a database': [
        set('StatefulSet', 'mongo', [...POD, 'terminationGracePeriodSeconds'], 10),
        /^Pods of StatefulSet mongo\/mongo are killed after 10 seconds instead of \d+, while they may still write/,
      ],
    },
    quiet: {
      longer: set('Deployment', 'hello', [...POD, 'terminationGracePeriodSeconds'], 90),
      'the default': drop('Deployment', 'hello', ...POD, 'terminationGracePeriodSeconds'),
    },
  },
  'SLP-selector-misses': {
    fires: {
      'another label of the pods': [
        set('Deployment', 'hello', ['spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/name'], 'x'),
        /^Deployment hello\/hello is refused: its selector .* does not match the labels of its pods/,
      ],
    },
    quiet: {
      'a label that it does not select': set(
        'Deployment',
        'hello',
        ['spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/version'],
        '2',
      ),
    },
  },
});
