import { at, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { listed, rule, without } from '../rule.ts';

/** Webhook configurations. */
export const WEBHOOKS = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** The webhooks of a configuration, by name. */
export function webhooksOf(configuration: Manifest): Map<string, unknown> {
  return new Map(listAt(configuration, 'webhooks').map((hook) => [textAt(hook, 'name') ?? '', hook]));
}

/** What the API server does if a webhook does not answer. */
export function failurePolicy(hook: unknown): string {
  return textAt(hook, 'failurePolicy') ?? 'Fail';
}

const stricter = rule('SLP-webhook-fails', {
  severity: 'warn',
  about: 'A webhook turns from Ignore to Fail: while it does not answer, the API server refuses what it reviews',
  kinds: WEBHOOKS,
  changed: (before, after) => {
    const old = webhooksOf(before);
    return [...webhooksOf(after)]
      .filter(
        ([name, hook]) => old.has(name) && failurePolicy(old.get(name)) === 'Ignore' && failurePolicy(hook) === 'Fail',
      )
      .map(([name, hook]) => ({
        path: `webhooks[${name}].failurePolicy`,
        says: `While webhook ${name} of ${label(after)} does not answer, the API server refuses every request for ${listed(reviewed(hook))}`,
        instead: 'run it with two or more pods and a budget first',
      }));
  },
});

/** What a webhook reviews: `group/resource verb`, with wildcards. */
function reviewed(hook: unknown): string[] {
  return listAt(hook, 'rules').flatMap((one) =>
    listAt(one, 'apiGroups').flatMap((group) =>
      listAt(one, 'resources').map((resource) =>
        group === '' ? String(resource) : `${String(resource)}.${String(group)}`,
      ),
    ),
  );
}

/** True if a webhook reviews every resource, in a group or in all of them, and may refuse them by not answering. */
const isEverything = (name: string): boolean => /^\*(\/\*)?(\.\*)?$/.test(name);

/** True if something that is reviewed is among others, by their wildcards. */
function isCovered(one: string, others: readonly string[]): boolean {
  const [resource = '', ...group] = one.split('.');
  return others.some((other) => {
    const [wanted = '', ...of] = other.split('.');
    const sameGroup = of.join('.') === '*' || of.join('.') === group.join('.');
    return sameGroup && (wanted === '*/*' || wanted === resource || (wanted === '*' && !resource.includes('/')));
  });
}

/** What a webhook reviews anew; one without selectors any more reviews the same resources of more objects. */
function widened(old: unknown, now: unknown): string[] {
  const known = reviewed(old);
  const selectors = ['namespaceSelector', 'objectSelector'].filter(
    (field) => Object.keys(at(old, field) ?? {}).length > 0 && Object.keys(at(now, field) ?? {}).length === 0,
  );
  return [
    ...reviewed(now).filter((one) => !isCovered(one, known)),
    ...selectors.map((field) => `everything that its ${field} left out`),
    ...without(operations(now), operations(old)).map((one) => `${one} requests`),
  ];
}

function operations(hook: unknown): string[] {
  return listAt(hook, 'rules').flatMap((one) => listAt(one, 'operations').map(String));
}

const everything = rule('SLP-webhook-everything', {
  severity: 'danger',
  about: 'A webhook that must answer reviews every resource, perhaps those that it needs to start itself',
  kinds: WEBHOOKS,
  written: (before, after) => {
    const old = before ? webhooksOf(before) : new Map<string, unknown>();
    return [...webhooksOf(after)]
      .filter(([name, hook]) => reviewed(hook).some(isEverything) && !reviewed(old.get(name)).some(isEverything))
      .map(([name, hook]) => ({
        path: `webhooks[${name}].rules`,
        says:
          failurePolicy(hook) === 'Fail'
            ? `While webhook ${name} of ${label(after)} does not answer, nothing can be created or changed in the cluster, its own pods included`
            : `The API server asks webhook ${name} of ${label(after)} about every resource, and waits for it`,
        instead: 'name the resources that it is about',
      }));
  },
});

const wider = rule('SLP-webhook-wider', {
  severity: 'warn',
  about: 'A webhook reviews more resources, objects or requests',
  kinds: WEBHOOKS,
  changed: (before, after) => {
    const old = webhooksOf(before);
    return [...webhooksOf(after)].flatMap(([name, hook]) => {
      const more = old.has(name) ? widened(old.get(name), hook).filter((one) => !isEverything(one)) : [];
      return more.length > 0
        ? [
            {
              path: `webhooks[${name}].rules`,
              says: `Webhook ${name} of ${label(after)} reviews more: ${listed(more)}${failurePolicy(hook) === 'Fail' ? '; while it does not answer, these are refused' : ''}`,
              instead: 'check that it is not needed for its own start',
            },
          ]
        : [];
    });
  },
});

/** Webhooks that stand in the way. */
export const WEBHOOK_RULES = [stricter, everything, wider];
