import { k8s } from 'cdk8s-plus-28';
import type { Component } from '../../component.ts';
import { Job } from '../../lib/job.ts';
import { lazy } from '../../lib/lazy.ts';
import { connect, type Endpoint } from '../../lib/network.ts';
import { type SecretStore, type StoredSecret, syncSecret } from '../../lib/secrets.ts';
import type { WorkloadSettings } from '../../lib/workload-settings.ts';
import { MONGO_USER, REPLICA_SET } from './replica-set.ts';
import { SETUP_SCRIPT } from './setup-script.ts';
import { SHELL } from './shell.ts';
import type { MongoTls } from './tls.ts';

/** A database user, authenticated against the database `admin`. */
export interface MongoUser {
  readonly name: string;
  readonly roles: readonly { readonly role: string; readonly db: string }[];
  /** Key `password`. */
  readonly password: StoredSecret;
}

/** Props of the setup Job; see MongoProps. */
export interface SetupProps {
  readonly settings: WorkloadSettings;
  readonly image: string;
  readonly secrets: SecretStore;
  /** Secret with the members' key file. */
  readonly key: string;
  /** Read when the Job is rendered, because clients are added later. */
  readonly users: readonly MongoUser[];
  /** Addresses of the members. */
  readonly hosts: readonly string[];
  readonly servers: Endpoint;
  readonly tls: MongoTls;
  /** Release line whose features data may use: `8.0`. */
  readonly featuresOf: string;
}

/**
 * The Job that initiates the replica set, and reconciles its members and users. It cannot wait for the members to be ready, because
 * they are not ready before initiation: both are applied in the same wave, and the Job waits for a while to reach them, then
 * fails, and Argo CD repeats it.
 */
export function setup(
  component: Component,
  { settings, image, secrets, key, users, hosts, servers, tls, featuresOf }: SetupProps,
): void {
  const desired = (): object => ({
    replicaSet: REPLICA_SET,
    hosts,
    options: tls.options,
    featuresOf,
    timeoutSeconds: 90,
    users: users.map(({ name, roles }) => ({ name, roles })),
  });
  const program = script(component, desired);
  const job = new Job(component, {
    settings,
    role: 'setup',
    user: MONGO_USER,
    activeDeadlineSeconds: 120,
    waits: { notBecause: 'the script tries every member until it answers' },
    containers: [
      {
        name: 'setup',
        image,
        command: ['mongosh', '--nodb', '--norc', '--quiet', '/etc/setup/setup.js'],
        env: SHELL.env,
        resources: { cpu: '100m', cpuLimit: '1', memory: '256Mi' },
        mounts: {
          ...SHELL.mounts,
          ...tls.clients.mounts,
          '/etc/setup': { volume: 'program' },
          '/run/key': { volume: 'key' },
          '/run/users': { volume: 'users' },
        },
      },
    ],
    volumes: [
      ...SHELL.volumes,
      ...tls.clients.volumes,
      { name: 'program', configMap: { name: program } },
      { name: 'key', secret: { secretName: key } },
      { name: 'users', secret: { secretName: passwords(component, secrets, users) } },
    ],
  });
  connect(job.endpoint, servers, 'mongo');
}

/** A ConfigMap with the script and what it shall reach. @returns its name */
function script(component: Component, desired: () => object): string {
  const name = `${component.name}-setup`;
  const state = (): string => `${JSON.stringify(desired(), null, 2)}\n`;
  new k8s.KubeConfigMap(component, `ConfigMap.${name}`, {
    metadata: { name },
    data: { 'setup.js': SETUP_SCRIPT, 'state.json': lazy(state) },
  });
  return name;
}

/** A Secret with the password of each user, by user name. */
function passwords(component: Component, secrets: SecretStore, users: readonly MongoUser[]): string {
  return syncSecret(component, secrets, `${component.name}-users`, () => ({
    values: Object.fromEntries(users.map(({ name, password }) => [name, { secret: password, key: 'password' }])),
    // `index`, because user names may contain hyphens, which `{{ .name }}` does not allow.
    templates: Object.fromEntries(users.map(({ name }) => [name, `{{ index . "${name}" }}`])),
  }));
}
