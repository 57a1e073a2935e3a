import { at, label, listAt, textAt } from '../../../charts/lib/manifest.ts';
import type { Live } from '../api.ts';
import type { Rendered } from './objects.ts';
import type { Refusal } from './report.ts';

/** What is wrong with an Application at one moment. */
export type Trouble = Pick<Refusal, 'object' | 'message' | 'attempts'>;

/** What Argo CD appends to the message of an operation that it will repeat, and what differs from one attempt to the next. */
const REPEATED = /\. Retrying attempt #\d+ at [^.]*\.?$| \(retried \d+ times\)\.?$/;

/**
 * What an Application's status says of failures: those of its operation by object, and those of a comparison.
 *
 * @param failedComparisons times of comparisons that failed before; this one's is added
 */
export function troublesOf(
  application: Live,
  rendered: readonly Rendered[],
  failedComparisons: Set<string> = new Set(),
): Trouble[] {
  const operation = at(application, 'status', 'operationState');
  const phase = textAt(operation, 'phase');
  const attempts = Number(at(operation, 'retryCount') ?? 0);
  const own = rendered.filter((one) => one.application === application.metadata.name);
  const failed = phase === 'Failed' || phase === 'Error' || (phase === 'Running' && isBetweenAttempts(operation));
  if (failed) return ofOperation(operation, own, phase === 'Running' ? attempts : attempts + 1);
  const errors = listAt(application, 'status', 'conditions').filter((one) => textAt(one, 'type')?.endsWith('Error'));
  if (errors.length > 0) failedComparisons.add(textAt(application, 'status', 'reconciledAt') ?? '');
  return errors.map((condition) => {
    const message = textAt(condition, 'message') ?? '';
    const object = namedIn(message, own);
    return { ...(object !== undefined && { object }), message, attempts: failedComparisons.size };
  });
}

/** Argo CD calls an operation that it will repeat running, and yet says when it ended. */
function isBetweenAttempts(operation: unknown): boolean {
  return textAt(operation, 'finishedAt') !== undefined;
}

/** Whether another attempt is under way, so that nobody knows yet whether the trouble is over. */
export function isTryingAgain(application: Live): boolean {
  const operation = at(application, 'status', 'operationState');
  const attempts = Number(at(operation, 'retryCount') ?? 0);
  return textAt(operation, 'phase') === 'Running' && attempts > 0 && !isBetweenAttempts(operation);
}

function ofOperation(operation: unknown, own: readonly Rendered[], attempts: number): Trouble[] {
  const objects = listAt(operation, 'syncResult', 'resources').filter(
    (one) => textAt(one, 'status') === 'SyncFailed' || ['Failed', 'Error'].includes(textAt(one, 'hookPhase') ?? ''),
  );
  if (objects.length === 0) return [{ message: (textAt(operation, 'message') ?? '').replace(REPEATED, ''), attempts }];
  return objects.map((one) => {
    const [kind = '', namespace, name = ''] = ['kind', 'namespace', 'name'].map((field) => textAt(one, field));
    return {
      // Argo CD gives an object of the cluster the namespace of its Application.
      object: labelOf(own, kind, name, namespace) ?? `${kind} ${namespace ? `${namespace}/` : ''}${name}`,
      message: textAt(one, 'message') ?? '',
      attempts,
    };
  });
}

/** The first object of the Application that a message names, as `Kind.group/name`, `Kind/name` or `Kind "name"`. */
function namedIn(message: string, own: readonly Rendered[]): string | undefined {
  const named = [...message.matchAll(/\b([A-Z]\w+)(?:\.[\w.-]+)?[/ ]"?([a-z0-9](?:[\w.-]*\w)?)/g)];
  return named.map(([, kind = '', name = '']) => labelOf(own, kind, name)).find((one) => one !== undefined);
}

function labelOf(own: readonly Rendered[], kind: string, name: string, namespace?: string): string | undefined {
  const found = own.find(
    ({ manifest }) =>
      manifest.kind === kind &&
      manifest.metadata.name === name &&
      (namespace === undefined || [undefined, namespace].includes(manifest.metadata.namespace)),
  );
  return found && label(found.manifest);
}
