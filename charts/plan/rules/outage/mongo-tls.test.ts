import { CONTAINER, type Edit, prove, set } from '../../../../test/lib/plan-rules.ts';
import { MONGO_TLS } from './mongo-tls.ts';

const mode = (value: string | undefined): Edit =>
  set('StatefulSet', 'mongo', [...CONTAINER, 'command'], ['mongod', ...(value ? [`--tlsMode=${value}`] : [])]);

prove(MONGO_TLS, {
  'SLP-tls-mode-jump': {
    given: mode('preferTLS'),
    fires: {
      'off at once': [
        mode(undefined),
        /^Members of StatefulSet mongo\/mongo go from tlsMode preferTLS to disabled at once/,
      ],
    },
    quiet: {
      'the next mode': mode('requireTLS'),
      'the mode before': mode('allowTLS'),
    },
  },
});
