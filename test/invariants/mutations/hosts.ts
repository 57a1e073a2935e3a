import { namedHosts } from '../hosts.ts';
import { CONTAINER, type Mutation, mutations, removeRulesFor } from './mutation.ts';

const INGRESS = ['spec', 'ingress'] as const;

/** Services that pods are configured with. */
export const hostsMutations: readonly Mutation[] = [
  ...mutations(namedHosts, {
    'missing Service': [
      (d) => d.remove(d.find('Service', 'mongo')),
      /^Deployment ledger\/ledger is configured with mongo-0.mongo.mongo.svc.cluster.local:27017, which does not exist/,
    ],
    'missing StatefulSet member': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'replicas'], 2),
      /is configured with mongo-2.mongo.mongo.svc.cluster.local:27017, which does not exist/,
    ],
    'member with another container port': [
      (d) =>
        d.set(
          d.find('StatefulSet', 'mongo'),
          ['spec', 'template', 'spec', 'containers', 0, 'ports', 0, 'containerPort'],
          27018,
        ),
      /is configured with mongo-0.*27017, on which nothing listens/,
    ],
    'Service without the port': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'env'], { name: 'PEER', value: 'hello:81' }),
      /^Deployment hello\/hello is configured with hello:81, on which nothing listens/,
    ],
    'client without an egress rule': [
      (d) => removeRulesFor(d, d.find('NetworkPolicy', 'ledger'), 'egress', 'mongo'),
      /^Deployment ledger\/ledger does not allow egress to StatefulSet mongo\/mongo on port 27017/,
    ],
    'server without ingress rules': [
      (d) => d.set(d.find('NetworkPolicy', 'mongo'), [...INGRESS], []),
      /^StatefulSet mongo\/mongo does not allow ingress from Job mongo\/mongo-setup on port 27017/,
    ],
  }),
];
