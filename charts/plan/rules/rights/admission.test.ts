import { all, drop, prove, push, remove, set } from '../../../../test/lib/plan-rules.ts';
import { ADMISSION } from './admission.ts';

const WEBHOOK = 'ValidatingWebhookConfiguration';

prove(ADMISSION, {
  'SLP-admission-weaker': {
    fires: {
      'a binding that only audits': [
        set('ValidatingAdmissionPolicyBinding', 'route-hosts', ['spec', 'validationActions'], ['Audit']),
        /^ValidatingAdmissionPolicyBinding route-hosts no longer denies what breaks route-hosts: it only does Audit$/,
      ],
      'a policy': [
        set('ValidatingAdmissionPolicy', 'route-hosts', ['spec', 'failurePolicy'], 'Ignore'),
        /^ValidatingAdmissionPolicy route-hosts is passed over/,
      ],
      'a webhook': [
        set(WEBHOOK, 'cert-manager-webhook', ['webhooks', 0, 'failurePolicy'], 'Ignore'),
        /^Webhook webhook\.cert-manager\.io of .* is passed over/,
      ],
    },
    quiet: {
      'Deny and Audit': push('ValidatingAdmissionPolicyBinding', 'route-hosts', ['spec', 'validationActions'], 'Audit'),
      'the default, Fail': drop(WEBHOOK, 'cert-manager-webhook', 'webhooks', 0, 'failurePolicy'),
    },
  },
  'SLP-admission-removed': {
    fires: {
      'a binding': [
        remove('ValidatingAdmissionPolicyBinding', 'route-hosts'),
        /^Nothing checks any more what ValidatingAdmissionPolicyBinding route-hosts did/,
      ],
      'a webhook whose Service stays': [remove(WEBHOOK, 'cert-manager-webhook'), /^Nothing checks any more/],
    },
    quiet: {
      'a webhook with its Service': all(
        remove(WEBHOOK, 'cert-manager-webhook'),
        remove('Service', 'cert-manager-webhook'),
      ),
    },
  },
});
