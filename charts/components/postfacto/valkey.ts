import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { type ContainerProps, execProbe, fromSecret, scratch } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { generateSecret, type SecretStore, type StoredSecret, viewSecret } from '../../lib/secrets.ts';

/** What the broker needs to know; see PostfactoProps. */
export interface ValkeyProps {
  readonly image: string;
  readonly secrets: SecretStore;
  readonly priorityClassName: string;
}

/** A broker, and the ways to it. */
export interface Valkey {
  readonly workload: Deployment;
  /** Key `password`. */
  readonly password: StoredSecret;
  /** The connection string. @param password the password, or a template that becomes it */
  url(password: string): string;
}

const NAME = 'postfacto-valkey';
const PORT = 6379;

/** Passes messages between the web pods, and forgets them: it keeps nothing on disk. */
export function valkey(component: Component, { image, secrets, priorityClassName }: ValkeyProps): Valkey {
  const password = generateSecret(component, secrets, { name: 'valkey', keys: ['password'] });
  const secret = viewSecret(component, secrets, NAME, {
    values: { password: { secret: password, key: 'password' } },
    templates: { password: '{{ .password }}', 'auth.conf': 'requirepass {{ .password }}\n' },
  });
  const workload = new Deployment(component, {
    role: 'valkey',
    // Never two: subscribers of the one would not hear what is published at the other.
    strategy: 'Recreate',
    user: 999,
    priorityClassName,
    containers: [container(image, secret)],
    volumes: [
      { name: 'auth', secret: { secretName: secret, items: [{ key: 'auth.conf', path: 'auth.conf' }] } },
      scratch('data', '16Mi'),
    ],
  });
  workload.service({ valkey: { port: PORT, target: 'valkey' } });
  return {
    workload,
    password,
    url: (value) => `redis://:${value}@${NAME}:${PORT}`,
  };
}

function container(image: string, secret: string): ContainerProps {
  return {
    name: 'valkey',
    image,
    // The password stands in the file, since arguments can be read by every process of the node.
    command: [
      'valkey-server',
      '/run/auth/auth.conf',
      '--save',
      '',
      '--appendonly',
      'no',
      '--maxmemory',
      '64mb',
      '--maxmemory-policy',
      'noeviction',
    ],
    env: { VALKEYCLI_AUTH: fromSecret(secret, 'password') },
    ports: { valkey: PORT },
    resources: { cpu: '20m', cpuLimit: '200m', memory: '128Mi' },
    startup: { tcpSocket: { port: k8s.IntOrString.fromString('valkey') }, periodSeconds: 2, failureThreshold: 30 },
    liveness: {
      tcpSocket: { port: k8s.IntOrString.fromString('valkey') },
      periodSeconds: 20,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    // The client ends with 0 even if it is refused.
    readiness: execProbe(['sh', '-c', 'valkey-cli ping | grep -q PONG'], {
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 2,
    }),
    mounts: { '/run/auth': { volume: 'auth' }, '/data': { volume: 'data', readOnly: false } },
  };
}
