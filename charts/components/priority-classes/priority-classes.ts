import { k8s } from 'cdk8s-plus-28';
import { Component } from '../../component.ts';
import { PRIORITIES } from '../../lib/priority.ts';

/** The PriorityClasses of the tiers; none is the default, so that pods of tenants have priority 0. */
export class PriorityClasses extends Component {
  constructor() {
    super('priority-classes', { tier: 'platform', ownNamespace: false, namespace: 'default' });
    for (const [name, { value, description, waits = false }] of Object.entries(PRIORITIES)) {
      new k8s.KubePriorityClass(this, `PriorityClass.${name}`, {
        metadata: { name },
        value,
        description,
        preemptionPolicy: waits ? 'Never' : 'PreemptLowerPriority',
      });
    }
  }
}
