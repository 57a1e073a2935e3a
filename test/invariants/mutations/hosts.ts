import { namedHosts } from '../hosts.ts';
import { CONTAINER, type Mutation, mutations, shutOut } from './mutation.ts';

const INGRESS = ['spec', 'ingress'] as const;

/** Who reaches what it is told of. */
export const hostsMutations: readonly Mutation[] = [
  ...mutations(namedHosts, {
    'a Service that is gone': [
      (d) => d.remove(d.find('Service', 'mongo')),
      /^Deployment ledger\/ledger is told of mongo-0.mongo.mongo.svc.cluster.local:27017, which does not exist/,
    ],
    'a member that is gone': [
      (d) => d.set(d.find('StatefulSet', 'mongo'), ['spec', 'replicas'], 2),
      /is told of mongo-2.mongo.mongo.svc.cluster.local:27017, which does not exist/,
    ],
    'a port that is gone': [
      (d) =>
        d.set(
          d.find('StatefulSet', 'mongo'),
          ['spec', 'template', 'spec', 'containers', 0, 'ports', 0, 'containerPort'],
          27018,
        ),
      /is told of mongo-0.*27017, which does not listen/,
    ],
    'a port of a Service that is gone': [
      (d) => d.push(d.find('Deployment', 'hello'), [...CONTAINER, 'env'], { name: 'PEER', value: 'hello:81' }),
      /^Deployment hello\/hello is told of hello:81, which does not listen/,
    ],
    'a client that may not go out': [
      (d) => shutOut(d, d.find('NetworkPolicy', 'ledger'), 'egress', 'mongo'),
      /^Deployment ledger\/ledger may not go out to StatefulSet mongo\/mongo on port 27017/,
    ],
    'a neighbour that is shut': [
      (d) => d.set(d.find('NetworkPolicy', 'mongo'), [...INGRESS], []),
      /^StatefulSet mongo\/mongo does not let Job mongo\/mongo-setup in on port 27017/,
    ],
  }),
];
