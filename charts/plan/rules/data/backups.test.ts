import { drop, prove, push, remove, set } from '../../../../test/lib/plan-rules.ts';
import { SCHEDULES } from './backups.ts';

prove(SCHEDULES, {
  'SLP-backup-stops': {
    fires: {
      removed: [remove('Schedule'), /^Schedule velero\/volumes is deleted: nothing backs up /],
      paused: [set('Schedule', 'volumes', ['spec', 'paused'], true), /^Schedule velero\/volumes is paused/],
    },
    quiet: { 'not paused, as by default': set('Schedule', 'volumes', ['spec', 'paused'], false) },
  },
  'SLP-backup-rarer': {
    given: set('Schedule', 'volumes', ['spec', 'schedule'], '0 1 * * *'),
    fires: {
      weekly: [
        set('Schedule', 'volumes', ['spec', 'schedule'], '0 1 * * 0'),
        /every 168 hours instead of every 24: 0 1 \* \* \* → 0 1 \* \* 0$/,
      ],
      'nothing that Velero reads': [set('Schedule', 'volumes', ['spec', 'schedule'], 'daily'), /at least never/],
    },
    quiet: {
      'another hour': set('Schedule', 'volumes', ['spec', 'schedule'], '30 3 * * *'),
      'more often': set('Schedule', 'volumes', ['spec', 'schedule'], '@every 6h'),
      'the same by another name': set('Schedule', 'volumes', ['spec', 'schedule'], '@daily'),
    },
  },
  'SLP-backup-shorter': {
    given: set('Schedule', 'volumes', ['spec', 'template', 'ttl'], '720h0m0s'),
    fires: {
      'a week': [set('Schedule', 'volumes', ['spec', 'template', 'ttl'], '168h'), /after 168 hours instead of 720$/],
      'half an hour less': [
        set('Schedule', 'volumes', ['spec', 'template', 'ttl'], '719.5h'),
        /after 719.5 hours instead of 720$/,
      ],
    },
    quiet: {
      'the same duration': set('Schedule', 'volumes', ['spec', 'template', 'ttl'], '43200m'),
      'the default': drop('Schedule', 'volumes', 'spec', 'template', 'ttl'),
      'zero, which is the default': set('Schedule', 'volumes', ['spec', 'template', 'ttl'], '0s'),
    },
  },
  'SLP-backup-leaves-out': {
    fires: {
      'a namespace': [
        set('Schedule', 'volumes', ['spec', 'template', 'includedNamespaces'], ['mongo']),
        /no longer backs up .*checkout.*, but only mongo$/,
      ],
      'excluded claims': [
        push('Schedule', 'volumes', ['spec', 'template', 'excludedResources'], 'persistentvolumeclaims'),
        /no longer backs up persistentvolumeclaims$/,
      ],
      'the content': [
        drop('Schedule', 'volumes', 'spec', 'template', 'snapshotMoveData'),
        /no longer copies the content of volumes by snapshotMoveData$/,
      ],
    },
    quiet: {
      'all namespaces': set('Schedule', 'volumes', ['spec', 'template', 'includedNamespaces'], ['*']),
      'another namespace too': push('Schedule', 'volumes', ['spec', 'template', 'includedNamespaces'], 'hello'),
    },
  },
});
