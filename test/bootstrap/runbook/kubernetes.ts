import { type Command, need } from './command.ts';
import type { Program, World } from './world.ts';

const DOCS = 'https://kubernetes.io/docs/reference/kubectl/generated';

/** Stands in for kubectl, of a cluster that was handed over. */
export function kubectl(world: World): Program {
  const applications = (): string => {
    const { kubeconfig } = world;
    need(kubeconfig && kubeconfig.login !== 'devicecode', 'error: You must be logged in to the server (Unauthorized)');
    need(world.handedOver.has(kubeconfig.cluster), 'No resources found in argocd namespace.');
    return 'NAME   SYNC STATUS   HEALTH STATUS\nroot   Synced        Healthy\n';
  };
  const ofApplications = (words: readonly string[]): void =>
    need(words[0] === 'applications', `the server doesn't have a resource type "${words[0]}"`);
  const commands: Command[] = [
    {
      words: 'get',
      source: `${DOCS}/kubectl_get/`,
      arguments: 1,
      run: ({ words }) => {
        ofApplications(words);
        return applications();
      },
    },
    {
      words: 'wait',
      source: `${DOCS}/kubectl_wait/`,
      options: { '--all': 'flag', '--for': 'required', '--timeout': 'optional' },
      arguments: 1,
      run: ({ words }) => {
        ofApplications(words);
        return applications();
      },
    },
  ];
  return {
    commands,
    common: { '--namespace': 'optional' },
    run: (command, given, call) => {
      need(given.options.get('--namespace') === 'argocd', 'No resources found in default namespace.');
      return command.run(given, call) as string;
    },
  };
}

/** Stands in for the sign-in to AKS. */
export function kubelogin(world: World): Program {
  const commands: Command[] = [
    {
      words: 'convert-kubeconfig',
      source: 'https://azure.github.io/kubelogin/cli/convert-kubeconfig.html',
      options: { '--login': 'optional' },
      run: ({ options }) => {
        need(world.kubeconfig, 'failed to load kubeconfig');
        world.kubeconfig = { ...world.kubeconfig, login: options.get('--login') ?? 'devicecode' };
        return '';
      },
    },
  ];
  return { commands, common: {}, run: (command, given, call) => command.run(given, call) as string };
}
