import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { type ContainerProps, execProbe, fromSecret, scratch } from '../../lib/container.ts';
import { Deployment } from '../../lib/deployment.ts';
import { DATA_PRIORITY } from '../../lib/priority.ts';
import { bytesOf } from '../../lib/quantity.ts';
import { generateSecret, type SecretStore, type StoredSecret, syncSecret } from '../../lib/secrets.ts';
import type { WorkloadSettings } from '../../lib/workload-settings.ts';
import { valkeyExporter } from './valkey-exporter.ts';

/** Props of the broker; see PostfactoProps. */
export interface ValkeyProps {
  readonly settings: WorkloadSettings;
  readonly image: string;
  readonly exporterImage: string;
  readonly secrets: SecretStore;
}

/** The broker and its connection. */
export interface Valkey {
  readonly workload: Deployment;
  /** Key `password`. */
  readonly password: StoredSecret;
  /** The connection string. @param password the password, or a template for it */
  url(password: string): string;
}

const PORT = 6379;

/** Publish/subscribe broker between the web pods, without persistence. */
export function valkey(component: Component, { settings, image, exporterImage, secrets }: ValkeyProps): Valkey {
  const name = `${component.name}-valkey`;
  const password = generateSecret(component, secrets, { name: 'valkey', keys: ['password'] });
  const secret = syncSecret(component, secrets, name, {
    values: { password: { secret: password, key: 'password' } },
    templates: { password: '{{ .password }}', 'auth.conf': 'requirepass {{ .password }}\n' },
  });
  const workload = new Deployment(component, {
    settings,
    role: 'valkey',
    // Never two at the same time: messages published on one do not reach subscribers of the other.
    strategy: 'Recreate',
    user: 999,
    priorityClassName: DATA_PRIORITY,
    containers: [
      container(image, secret, settings.resources?.limits?.memory),
      valkeyExporter({ image: exporterImage, secret, port: PORT }),
    ],
    volumes: [
      { name: 'auth', secret: { secretName: secret, items: [{ key: 'auth.conf', path: 'auth.conf' }] } },
      scratch('data', '16Mi'),
    ],
  });
  workload.service({ valkey: { port: PORT, target: 'valkey' } });
  return {
    workload,
    password,
    url: (value) => `redis://:${value}@${name}:${PORT}`,
  };
}

function container(image: string, secret: string, memory = '128Mi'): ContainerProps {
  return {
    name: 'valkey',
    image,
    // The password is in a file, because processes on the node can read arguments.
    command: [
      'valkey-server',
      '/run/auth/auth.conf',
      '--save',
      '',
      '--appendonly',
      'no',
      '--maxmemory',
      // Half of the container's memory; the rest is for clients' buffers.
      `${Math.floor(bytesOf(memory) / 2 ** 21)}mb`,
      '--maxmemory-policy',
      'noeviction',
    ],
    env: { VALKEYCLI_AUTH: fromSecret(secret, 'password') },
    ports: { valkey: PORT },
    resources: { cpu: '20m', cpuLimit: '200m', memory },
    startup: { tcpSocket: { port: k8s.IntOrString.fromString('valkey') }, periodSeconds: 2, failureThreshold: 30 },
    // Any answer will do, such as that it is loading. Without a shell, whose child would outlive the timeout.
    liveness: execProbe(['valkey-cli', 'ping'], { periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 }),
    // valkey-cli exits with 0 even if authentication fails.
    readiness: execProbe(['sh', '-c', 'valkey-cli ping | grep -q PONG'], {
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 2,
    }),
    mounts: { '/run/auth': { volume: 'auth' }, '/data': { volume: 'data', readOnly: false } },
  };
}
