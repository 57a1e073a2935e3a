import type { z } from 'zod';
import { Component } from '../../component.ts';
import { Fault } from '../../fault.ts';
import type { InternalAuthority, Trust } from '../../lib/internal-tls.ts';
import type { Drill } from '../../lib/drill.ts';
import type { Endpoint } from '../../lib/network.ts';
import { dumpSizeOf } from '../../lib/dump-size.ts';
import { generateSecret, type SecretStore, type StoredSecret, syncSecret } from '../../lib/secrets.ts';
import type { StatefulSet, Storage } from '../../lib/stateful-set.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { mongoAlerts } from './alerts.ts';
import { dumps } from './dumps.ts';
import { checkReleaseLine } from './release-line.ts';
import { hostsOf, REPLICA_SET, replicaSet } from './replica-set.ts';
import { type MongoUser, setup } from './setup.ts';
import { shellConfig } from './shell.ts';
import { clientTrust, type MongoTls, mongoTls } from './tls.ts';
import type { mongoSettings } from './settings.ts';
import dashboard from './dashboards/mongodb.json' with { type: 'json' };

/** Props of MongoDB. */
export interface MongoProps extends z.output<typeof mongoSettings> {
  /** Image with mongod, mongosh and the database tools. */
  readonly image: string;
  readonly exporterImage: string;
  readonly storage: Storage;
  readonly secrets: SecretStore;
  /** Signs the certificate of the members. */
  readonly authority: () => InternalAuthority;
}

/** Connection of a client to its own database, which has the client's name. */
export interface MongoConnection {
  /** Name of the replica set's component. */
  readonly name: string;
  /** Key `password`. */
  readonly password: StoredSecret;
  /** The members; port `mongo`. */
  readonly server: Endpoint;
  /** The connection string. @param password the password, or a Go template for it: `{{ .password }}` */
  uri(password: string): string;
  /** Adds the certificate by which a client trusts the members, if it uses TLS; its pods mount it. */
  trust(client: Component): Trust;
}

/** Name of the generated secret with the members' shared key. */
const KEY = 'key';

/**
 * A MongoDB replica set, without an operator. A Job initiates the set once, and on every sync reconciles its members and its
 * users, these with the secret store. Connections use TLS, network policies restrict the clients, and each client has a user
 * with access to its own database only.
 */
export class Mongo extends Component {
  override readonly rules: RuleGroup[];
  override readonly dashboards = [dashboard];
  readonly drill: Drill;
  private readonly props: MongoProps;
  private readonly users: MongoUser[] = [];
  private readonly connections = new Map<string, MongoConnection>();
  private readonly members: StatefulSet;
  private readonly tls: MongoTls;

  /**
   * @param name of the component: `mongo`, `mongo-analytics`
   * @throws Fault if servers of the image cannot open the data
   */
  constructor(name: string, props: MongoProps) {
    super(name, { tier: 'data', keepNamespace: true });
    this.props = props;
    checkReleaseLine(name, props.image, props.featuresOf);
    this.rules = [{ name, alerts: mongoAlerts(name) }];
    const key = this.keyFile();
    // For operators, in an emergency.
    this.user('root', { role: 'root', db: 'admin' });
    const exporter = this.user('exporter', { role: 'clusterMonitor', db: 'admin' }, { role: 'read', db: 'local' });
    const backup = this.user('backup', { role: 'backup', db: 'admin' });
    const hosts = hostsOf(this, props.members);
    shellConfig(this);
    this.tls = mongoTls(this, props.tls, props.authority);
    const { tls } = this;
    this.members = replicaSet(this, { ...props, settings: props, key, tls, exporter: exporter.password });
    const servers = this.members.endpoint;
    this.drill = dumps(this, {
      ...props,
      dumpSize: dumpSizeOf(props),
      settings: props.dump,
      tls,
      backup: backup.password,
      hosts,
      servers,
    });
    setup(this, { ...props, settings: props.setup, tls, key, users: this.users, hosts, servers });
  }

  /**
   * Adds a user and a database, both with the client's name. The client must call `connect` with `server`.
   *
   * @throws Fault if a user or a secret of the replica set itself has that name
   */
  connection(client: string): MongoConnection {
    const known = this.connections.get(client);
    if (known) return known;
    if (client === KEY || this.users.some(({ name }) => name === client)) throw this.ownName(client);
    const { password } = this.user(client, { role: 'readWrite', db: client });
    const hosts = hostsOf(this, this.props.members).join(',');
    const connection: MongoConnection = {
      name: this.name,
      password,
      server: this.members.endpoint,
      uri: (secret) =>
        `mongodb://${client}:${secret}@${hosts}/${client}?replicaSet=${REPLICA_SET}&authSource=admin${this.tls.options && `&${this.tls.options}`}`,
      trust: (component) =>
        clientTrust(component, `${component.name}-${this.name}-tls`, this.props.tls, this.props.authority),
    };
    this.connections.set(client, connection);
    return connection;
  }

  private ownName(seen: string): Fault {
    return new Fault({
      what: `"${seen}" cannot have a database: ${this.name} has a user or a secret of its own with that name`,
      where: `component ${this.name}`,
      seen,
      fix: 'rename the service',
    });
  }

  private keyFile(): string {
    const { secrets } = this.props;
    const secret = generateSecret(this, secrets, { name: KEY, keys: ['keyfile'], length: 512 });
    return syncSecret(this, secrets, `${this.name}-key`, { values: { keyfile: { secret, key: 'keyfile' } } });
  }

  private user(name: string, ...roles: MongoUser['roles']): MongoUser {
    const user = { name, roles, password: generateSecret(this, this.props.secrets, { name, keys: ['password'] }) };
    this.users.push(user);
    return user;
  }
}
