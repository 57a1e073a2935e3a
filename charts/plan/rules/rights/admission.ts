import { at, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { isKept } from '../kept.ts';
import { failurePolicy, WEBHOOKS, webhooksOf } from '../outage/webhooks.ts';
import { type Context, rule, type Said } from '../rule.ts';

const BINDING = 'ValidatingAdmissionPolicyBinding';
const POLICY = 'ValidatingAdmissionPolicy';

const denies = (binding: Manifest): boolean => listAt(binding, 'spec', 'validationActions').includes('Deny');

const weaker = rule('SLP-admission-weaker', {
  severity: 'danger',
  about:
    'A check at admission is weaker: a binding that no longer denies, a policy or webhook that is ignored when it fails',
  kinds: [BINDING, POLICY, ...WEBHOOKS],
  changed: (before, after) => {
    if (after.kind === BINDING)
      return denies(before) && !denies(after)
        ? [
            {
              path: 'spec.validationActions',
              says: `${label(after)} no longer denies what breaks ${textAt(after, 'spec', 'policyName')}: it only does ${listAt(after, 'spec', 'validationActions').join(' and ')}`,
              instead: 'keep Deny',
            },
          ]
        : [];
    if (after.kind === POLICY)
      return ignored('spec.failurePolicy', label(after), at(before, 'spec'), at(after, 'spec'));
    const old = webhooksOf(before);
    return [...webhooksOf(after)].flatMap(([name, hook]) =>
      ignored(`webhooks[${name}].failurePolicy`, `Webhook ${name} of ${label(after)}`, old.get(name), hook),
    );
  },
});

function ignored(path: string, what: string, old: unknown, now: unknown): Said[] {
  return old !== undefined && failurePolicy(old) === 'Fail' && failurePolicy(now) === 'Ignore'
    ? [
        {
          path,
          says: `${what} is passed over whenever it fails or does not answer: the failure policy was Fail, and is Ignore`,
          instead: 'keep Fail, and make it available',
        },
      ]
    : [];
}

/** True if the webhook's own Service goes too, as that of a program that is removed. */
function goesAsWhole(configuration: Manifest, { after }: Context): boolean {
  const services = listAt(configuration, 'webhooks').map((hook) => at(hook, 'clientConfig', 'service'));
  return services.every(
    (service) =>
      service !== undefined &&
      after.find(`|Service|${textAt(service, 'namespace')}|${textAt(service, 'name')}`) === undefined,
  );
}

const removed = rule('SLP-admission-removed', {
  severity: 'danger',
  about: 'A check at admission is removed, while what it checks stays',
  kinds: [BINDING, POLICY, ...WEBHOOKS],
  removed: (before, context) =>
    isKept(before, context) || (WEBHOOKS.includes(before.kind) && goesAsWhole(before, context))
      ? []
      : [
          {
            says: `Nothing checks any more what ${label(before)} did: what it refused is admitted`,
            instead: 'keep it, or add what replaces it first',
          },
        ],
});

/** Checks at admission. */
export const ADMISSION = [weaker, removed];
