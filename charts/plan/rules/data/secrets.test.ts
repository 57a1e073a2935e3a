import { drop, prove, push, remove, set } from '../../../../test/lib/plan-rules.ts';
import { STORED_SECRETS } from './secrets.ts';

prove(STORED_SECRETS, {
  'SLP-password-regenerated': {
    given: set('PushSecret', 'root', ['spec', 'updatePolicy'], 'Replace'),
    fires: {
      'a longer password': [
        set('Password', 'root', ['spec', 'length'], 60),
        /^PushSecret mongo\/root stores a new value of Password mongo\/root/,
      ],
    },
    quiet: { 'one that is stored once': set('Password', 'exporter', ['spec', 'length'], 60) },
  },
  'SLP-secret-entry': {
    fires: {
      'another entry': [
        set('ExternalSecret', 'mongo-users', ['spec', 'data', 0, 'remoteRef', 'key'], 'other'),
        /comes from the entry other\.password instead of /,
      ],
      'another name': [
        set('PushSecret', 'root', ['spec', 'data', 0, 'match', 'remoteRef', 'remoteKey'], 'other'),
        /^PushSecret mongo\/root writes other and no longer /,
      ],
    },
    quiet: {
      'a new key': push('ExternalSecret', 'mongo-users', ['spec', 'data'], {
        secretKey: 'more',
        remoteRef: { key: 'more' },
      }),
    },
  },
  'SLP-secret-target': {
    fires: {
      'another name': [
        set('ExternalSecret', 'mongo-users', ['spec', 'target', 'name'], 'users'),
        /writes Secret users, and Secret mongo-users is deleted$/,
      ],
      'another owner': [
        set('ExternalSecret', 'mongo-users', ['spec', 'target', 'creationPolicy'], 'Merge'),
        /was Owner, and is Merge/,
      ],
      'deletionPolicy Delete': [
        set('ExternalSecret', 'mongo-users', ['spec', 'target', 'deletionPolicy'], 'Delete'),
        /is deleted when its entries are not in the store/,
      ],
    },
    quiet: { 'the defaults': drop('ExternalSecret', 'mongo-users', 'spec', 'target', 'creationPolicy') },
  },
  'SLP-push-deletes': {
    given: set('PushSecret', 'exporter', ['spec', 'deletionPolicy'], 'Delete'),
    fires: {
      'deletionPolicy Delete': [
        set('PushSecret', 'root', ['spec', 'deletionPolicy'], 'Delete'),
        /once it is deleted itself$/,
      ],
      removed: [remove('PushSecret', 'exporter'), /^PushSecret mongo\/exporter is deleted, and deletes /],
    },
    quiet: { 'one that leaves the entry': remove('PushSecret', 'root') },
  },
});
