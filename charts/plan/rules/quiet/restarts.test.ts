import { all, prove, set } from '../../../../test/lib/plan-rules.ts';
import { RESTARTS } from './restarts.ts';

const CHECKSUM = ['spec', 'template', 'metadata', 'annotations', 'checksum/configmaps'] as const;

prove(RESTARTS, {
  'SLP-restart-by-annotation': {
    fires: {
      'a checksum': [
        set('StatefulSet', 'mongo', CHECKSUM, '0'),
        /^Pods of StatefulSet mongo\/mongo are replaced, and nothing of them changes but checksum\/configmaps$/,
      ],
    },
    quiet: {
      'with something else': all(
        set('StatefulSet', 'mongo', CHECKSUM, '0'),
        set('StatefulSet', 'mongo', ['spec', 'template', 'spec', 'terminationGracePeriodSeconds'], 99),
      ),
      'an annotation of the object': set('StatefulSet', 'mongo', ['metadata', 'annotations', 'a'], 'b'),
    },
  },
});
