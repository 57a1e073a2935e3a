import { drop, prove, remove, set } from '../../../../test/lib/plan-rules.ts';
import { VOLUME_SETS } from './sets.ts';

const RETENTION = ['spec', 'persistentVolumeClaimRetentionPolicy'] as const;

prove(VOLUME_SETS, {
  'SLP-set-removed-with-volumes': {
    given: set('StatefulSet', 'mongo', [...RETENTION, 'whenDeleted'], 'Delete'),
    fires: {
      'a set with whenDeleted: Delete': [
        remove('StatefulSet', 'mongo'),
        /takes its claims data-mongo-0, data-mongo-1, data-mongo-2 along$/,
      ],
    },
    quiet: { 'a set with whenDeleted: Retain': remove('StatefulSet', 'mongo-dump') },
  },
  'SLP-set-removed': {
    given: set('StatefulSet', 'mongo', [...RETENTION, 'whenDeleted'], 'Delete'),
    fires: {
      'a set with whenDeleted: Retain': [remove('StatefulSet', 'mongo-dump'), /its claims dump-mongo-dump-0 stay/],
      'a server of an operator': [remove('Alertmanager', 'main'), /^Alertmanager alertmanager\/main is deleted/],
    },
    quiet: {
      'a set with whenDeleted: Delete': remove('StatefulSet', 'mongo'),
      'a Deployment': remove('Deployment', 'hello'),
    },
  },
  'SLP-retention-delete': {
    fires: {
      whenDeleted: [
        set('StatefulSet', 'mongo', [...RETENTION, 'whenDeleted'], 'Delete'),
        /deletes its claims when it is deleted: whenDeleted was Retain, and is Delete$/,
      ],
      whenScaled: [
        set('StatefulSet', 'mongo', [...RETENTION, 'whenScaled'], 'Delete'),
        /of members that it no longer has/,
      ],
    },
    quiet: { 'the default, Retain': drop('StatefulSet', 'mongo', ...RETENTION) },
  },
  'SLP-volumes-scaled-away': {
    given: set('StatefulSet', 'mongo', [...RETENTION, 'whenScaled'], 'Delete'),
    fires: {
      'fewer replicas': [
        set('StatefulSet', 'mongo', ['spec', 'replicas'], 1),
        /from 3 to 1 replicas and deletes the claims data-mongo-1, data-mongo-2$/,
      ],
    },
    quiet: {
      'more replicas': set('StatefulSet', 'mongo', ['spec', 'replicas'], 5),
      'fewer replicas with whenScaled: Retain': set('StatefulSet', 'mongo-dump', ['spec', 'replicas'], 0),
    },
  },
  'SLP-fewer-members': {
    fires: {
      'no majority': [
        set('StatefulSet', 'mongo', ['spec', 'replicas'], 1),
        /^StatefulSet mongo\/mongo goes from 3 to 1 replicas: 1 of 3 members are no majority, which is 2/,
      ],
      'a majority': [set('StatefulSet', 'mongo', ['spec', 'replicas'], 2), /the members 2 to 2 go/],
    },
    quiet: {
      'more replicas': set('StatefulSet', 'mongo', ['spec', 'replicas'], 5),
      'a Deployment': set('Deployment', 'hello', ['spec', 'replicas'], 1),
    },
  },
});
