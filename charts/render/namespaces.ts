import { type Problem, throwIfAny } from '../fault.ts';
import type { Part } from '../order/order.ts';

/**
 * Checks that every namespace belongs to one component. The order would report a cycle of the two instead, because the
 * objects of each would need the namespace of the other.
 *
 * @throws Fault naming each namespace with both of its components
 */
export function checkNamespaces(parts: readonly Part[]): void {
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { name, manifests } of parts) {
    for (const { metadata } of manifests.filter(({ kind }) => kind === 'Namespace')) {
      const other = owners.get(metadata.name);
      if (other !== undefined) {
        problems.push({
          what: `two components claim the namespace "${metadata.name}"`,
          where: `components ${other} and ${name}`,
          seen: metadata.name,
          fix: 'give one of them another namespace',
        });
      }
      owners.set(metadata.name, name);
    }
  }
  throwIfAny(problems);
}
