import { CLUSTER, command } from './command.ts';

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
};
