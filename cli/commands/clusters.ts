import { EXIT } from '../exit.ts';
import { CLUSTER, CLUSTERS, command, JSON_TOO } from './command.ts';

/** What joins a cluster to what is not in Git. */
export const CLUSTER_COMMANDS = {
  facts: command({
    summary: "write facts.json from Terraform's outputs",
    details: ['It lists what that changes in dist/. Nothing is written unless the cluster renders with the new facts.'],
    takes: [CLUSTER],
    options: {
      from: {
        value: 'F',
        from: 'file',
        means: 'a file with the output of `terraform output -json`, or - for standard input',
        otherwise: "run it in the cluster's Terraform root",
      },
      json: JSON_TOO,
    },
    fields: {
      version: 'of these fields: 1',
      cluster: 'its name',
      file: 'the file of its facts',
      facts: 'names of those that were written',
      'stale, missing, extra': 'files of dist/ that rendering will change, add and remove',
    },
    examples: {
      'facts staging-aks': 'after `terraform apply`',
      'facts staging-aks --from outputs.json': 'where there is no access to the state',
    },
    document: 'docs/runbooks/first-cluster.md',
    run: async (workspace, [cluster], options) => (await import('../facts.ts')).facts(workspace, cluster, options),
  }),
  secrets: command({
    summary: 'what people must put into its secret store',
    details: ['With the commands, and with what the cluster generates there by itself.'],
    takes: [CLUSTER],
    options: { json: JSON_TOO },
    fields: {
      version: 'of these fields: 1',
      cluster: 'its name',
      store: 'what the store is and where',
      'given[]': 'what people put there: its `name` in the cluster file, its `remoteKey` in the store',
      'given[].write': '`files` to make, with … for each value, and commands to `create` and `update` it',
      '….readers[]': 'an `object` that reads it, its `name`, and the `keys` that it reads',
      'byHand[]': 'a `key` of the Secret `name` in `namespace`, and the command to `create` it',
      'generated[]': 'what the cluster generates there, by its `remoteKey`',
      read: 'the command that prints the entry NAME',
    },
    examples: { 'secrets staging-aks': 'before the first sync' },
    document: 'docs/secrets.md',
    run: async (workspace, [cluster], options) => (await import('../secrets.ts')).secrets(workspace, cluster, options),
  }),
  restore: command({
    summary: 'commands that restore a database',
    details: [
      'From a backup, beside what is there: the newest dump is verified there, and then read back. Names are those of dist/; nothing is run, and no cluster is asked.',
    ],
    takes: [CLUSTER, { name: 'STORE', count: 'one', from: 'dist/*/*/', means: 'a folder of the cluster in dist/' }],
    options: {
      to: { value: 'NAMESPACE', means: 'a namespace to restore to', otherwise: "the component's, with -restored" },
      backup: { value: 'NAME', means: 'the backup', otherwise: 'BACKUP, to be replaced' },
    },
    examples: {
      'restore staging-aks mongo': 'what its runbook says, with the names of this cluster',
      'restore staging-aks postfacto --backup volumes-20261127020000': 'from one backup',
    },
    document: 'docs/runbooks/restore-mongo.md',
    run: async (workspace, [cluster, component], options) =>
      (await import('../restore/restore.ts')).restore(workspace, [cluster, component], options),
  }),
  smoke: command({
    summary: 'ask the hosts that clusters serve, for a while',
    details: [
      'From where it runs, over HTTPS: an answer is good if it is no error of a server, and its certificate is. It ends at once when a host has been away for too long. It uses the network.',
    ],
    takes: [CLUSTERS],
    options: {
      for: { value: 'TIME', default: '5m', means: 'how long they are asked' },
      patience: { value: 'TIME', default: '1m', means: 'how long a host may be away' },
      via: {
        value: 'ADDRESS',
        means: 'the address, and port, that all of them are reached at',
        otherwise: 'what DNS says',
      },
      ca: { value: 'F', from: 'file', means: 'the authority of their certificates, in PEM' },
    },
    exits: { [EXIT.difference]: 'a host has failed' },
    examples: {
      'smoke production-eks --for 10m': 'after a change has been merged',
      'smoke local --for 0 --via 127.0.0.1 --ca ca.crt': 'once, with the private authority of the cluster',
    },
    document: 'docs/rings.md',
    run: async (workspace, names, options) => (await import('../smoke/command.ts')).smoke(workspace, names, options),
  }),
};
