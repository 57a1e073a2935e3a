import { CLUSTER, CLUSTERS, command } from './command.ts';

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
    examples: { 'secrets staging-aks': 'before the first sync' },
    document: 'docs/secrets.md',
    run: async (workspace, [cluster]) => (await import('../secrets.ts')).secrets(workspace, cluster),
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
    exits: { 2: 'a host has failed' },
    examples: {
      'smoke production-eks --for 10m': 'after a change has been merged',
      'smoke local --for 0 --via 127.0.0.1 --ca ca.crt': 'once, with the private authority of the cluster',
    },
    document: 'docs/rings.md',
    run: async (workspace, names, options) => (await import('../smoke/command.ts')).smoke(workspace, names, options),
  }),
};
