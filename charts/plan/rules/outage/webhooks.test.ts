import { all, drop, prove, push, set } from '../../../../test/lib/plan-rules.ts';
import { WEBHOOK_RULES } from './webhooks.ts';

const KIND = 'ValidatingWebhookConfiguration';
const NAME = 'cert-manager-webhook';
const RULE = ['webhooks', 0, 'rules', 0] as const;

prove(WEBHOOK_RULES, {
  'SLP-webhook-fails': {
    given: set(KIND, NAME, ['webhooks', 0, 'failurePolicy'], 'Ignore'),
    fires: {
      Fail: [
        set(KIND, NAME, ['webhooks', 0, 'failurePolicy'], 'Fail'),
        /the API server refuses every request for certificaterequests\.cert-manager\.io/,
      ],
    },
    quiet: { 'one that was Fail': drop('MutatingWebhookConfiguration', NAME, 'webhooks', 0, 'failurePolicy') },
  },
  'SLP-webhook-everything': {
    fires: {
      'all resources': [
        all(set(KIND, NAME, [...RULE, 'resources'], ['*']), set(KIND, NAME, [...RULE, 'apiGroups'], ['*'])),
        /nothing can be created or changed in the cluster/,
      ],
    },
    quiet: { 'all of one group': set(KIND, NAME, [...RULE, 'resources'], ['*/*']) },
  },
  'SLP-webhook-wider': {
    fires: {
      'one more resource': [
        push(KIND, NAME, [...RULE, 'resources'], 'others'),
        /reviews more: others\.cert-manager\.io; while/,
      ],
      'one more operation': [push(KIND, NAME, [...RULE, 'operations'], 'DELETE'), /reviews more: DELETE requests/],
    },
    quiet: { 'one resource less': drop(KIND, NAME, ...RULE, 'resources', 0) },
  },
});
