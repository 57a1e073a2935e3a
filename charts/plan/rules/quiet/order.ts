import { at, label, listAt, type Manifest, textAt } from '../../../lib/manifest.ts';
import { type Container, containersOfBoth, POD_KINDS, podsOf } from '../pods.ts';
import { rule, type Said } from '../rule.ts';

/** `$(NAME)` in a value; `$$(NAME)` is an escaped one. */
const REFERENCE = /(?<!\$)(?:\$\$)*\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)/g;

interface Unresolved {
  readonly variable: string;
  readonly reference: string;
  readonly because: 'later' | 'gone';
}

/**
 * References to variables of the same list that are not resolved: the kubelet reads the list from the front. A name that
 * is not in the list may come from envFrom, or be none.
 */
function later(container: Container): Unresolved[] {
  const env = listAt(container.value, 'env');
  const place = new Map(env.map((one, i) => [textAt(one, 'name') ?? '', i]));
  return references(env).flatMap(({ variable, reference, index }) =>
    (place.get(reference) ?? -1) >= index ? [{ variable, reference, because: 'later' as const }] : [],
  );
}

function references(env: readonly unknown[]): { variable: string; reference: string; index: number }[] {
  return env.flatMap((one, index) =>
    [...(textAt(one, 'value') ?? '').matchAll(REFERENCE)].map(([, reference = '']) => ({
      variable: textAt(one, 'name') ?? '',
      reference,
      index,
    })),
  );
}

/** References to variables that the list had before. */
function gone(old: Container, now: Container): Unresolved[] {
  const names = (one: Container): unknown[] => listAt(one.value, 'env').map((item) => at(item, 'name'));
  const [before, after] = [names(old), new Set(names(now))];
  return references(listAt(now.value, 'env'))
    .filter(({ reference }) => before.includes(reference) && !after.has(reference))
    .map(({ variable, reference }) => ({ variable, reference, because: 'gone' as const }));
}

function said(after: Manifest, { name, path }: Container, { variable, reference, because }: Unresolved): Said {
  return {
    path: `${path}.env[${variable}]`,
    says: `Variable ${variable} of container ${name} of ${label(after)} has the text $(${reference}), unresolved: ${reference} ${because === 'later' ? 'comes after it in the list' : 'is not set any more'}`,
    instead: because === 'later' ? `put ${reference} before ${variable}` : `set ${reference}, or write its value`,
  };
}

const unresolved = rule('SLP-env-unresolved', {
  severity: 'danger',
  about: 'An environment variable refers to another one that is set later or not at all: it keeps the text $(NAME)',
  kinds: POD_KINDS,
  changed: (before, after) => {
    const both = containersOfBoth(before, after);
    const added = (podsOf(after)?.containers ?? []).filter((one) => !both.some(({ now }) => now.name === one.name));
    return [
      ...both.flatMap(({ old, now }) => {
        const known = new Set(later(old).map(({ variable, reference }) => `${variable} ${reference}`));
        const news = later(now).filter((one) => !known.has(`${one.variable} ${one.reference}`));
        return [...news, ...gone(old, now)].map((one) => said(after, now, one));
      }),
      ...added.flatMap((one) => later(one).map((found) => said(after, one, found))),
    ];
  },
  created: (after) =>
    (podsOf(after)?.containers ?? []).flatMap((one) => later(one).map((found) => said(after, one, found))),
});

const initOrder = rule('SLP-init-order', {
  severity: 'warn',
  about: 'Init containers run in another order',
  kinds: POD_KINDS,
  changed: (before, after) => {
    const names = (one: Manifest): string[] =>
      (podsOf(one)?.containers ?? []).filter(({ init }) => init).map(({ name }) => name);
    const [old, now] = [names(before), names(after)];
    const [was, is] = [old.filter((name) => now.includes(name)), now.filter((name) => old.includes(name))];
    return was.join() === is.join()
      ? []
      : [
          {
            path: `${podsOf(after)!.path}.initContainers`,
            says: `Init containers of ${label(after)} run in the order ${is.join(', ')} instead of ${was.join(', ')}`,
            instead: 'check that none needs what a later one does',
          },
        ];
  },
});

/** Order that counts. */
export const ORDER = [unresolved, initOrder];
