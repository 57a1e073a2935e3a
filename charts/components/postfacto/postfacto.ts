import type { z } from 'zod';
import type { OutsideDatabase } from '../../cloud/databases.ts';
import { Component } from '../../component.ts';
import type { Deployment } from '../../lib/deployment.ts';
import type { Drill } from '../../lib/drill.ts';
import type { InternalAuthority } from '../../lib/internal-tls.ts';
import type { Job } from '../../lib/job.ts';
import { type HostBinding, route } from '../../lib/route.ts';
import type { SecretStore } from '../../lib/secrets.ts';
import type { Storage } from '../../lib/stateful-set.ts';
import type { RuleGroup } from '../../rules/rule.ts';
import { postfactoAlerts, valkeyAlerts } from './alerts.ts';
import type { Database } from './database.ts';
import { managedDatabase } from './managed-database.ts';
import { postgres } from './postgres.ts';
import { type Rails, rails } from './rails.ts';
import { railsJob } from './rails-job.ts';
import { type Valkey, valkey } from './valkey.ts';
import { web } from './web.ts';
import { type postfactoSettings, sizesOf } from './settings.ts';
import dashboard from './dashboards/postfacto.json' with { type: 'json' };

/** Images of Postfacto. */
export interface PostfactoImages {
  readonly stable: string;
  readonly next?: string;
  readonly postgres: string;
  readonly postgresExporter: string;
  readonly valkey: string;
  readonly valkeyExporter: string;
}

/** Props of Postfacto. */
export interface PostfactoProps extends Omit<z.output<typeof postfactoSettings>, 'host' | 'database'> {
  readonly images: PostfactoImages;
  readonly storage: Storage;
  readonly secrets: SecretStore;
  readonly binding: HostBinding;
  /** Of `next` alone, if there is one. */
  readonly nextBinding?: HostBinding;
  /** The database, if it is outside of the cluster. @default a PostgreSQL beside the application */
  readonly managed?: OutsideDatabase;
  /** Signs the certificate of that PostgreSQL. */
  readonly authority: () => InternalAuthority;
}

/** A version of the web application; two can run side by side. */
interface Version {
  readonly instance: 'stable' | 'next';
  readonly image: string;
  readonly settings: PostfactoProps['stable'];
}

/** A version's web pods, and its share of the visitors. */
interface Web {
  readonly workload: Deployment;
  readonly weight: number;
  readonly version: Version['instance'];
}

/** Postfacto: retrospectives for teams, with a database of its own, and a message broker. */
export class Postfacto extends Component {
  override readonly rules: RuleGroup[];

  override readonly dashboards = [dashboard];
  /** None if its database is outside of the cluster. */
  readonly drill: Drill | undefined;

  /** @param name of the component: `postfacto`, `postfacto-sales` */
  constructor(name: string, props: PostfactoProps) {
    super(name, { tier: 'apps', keepNamespace: true });
    this.rules = [{ name, alerts: props.managed ? valkeyAlerts(name) : postfactoAlerts(name) }];
    const database = this.database(props);
    this.drill = database.drill;
    const broker = valkey(this, {
      ...props,
      settings: props.valkey,
      image: props.images.valkey,
      exporterImage: props.images.valkeyExporter,
    });
    const app = rails(this, { secrets: props.secrets, host: props.binding.host, settings: props, database, broker });

    const versions = versionsOf(props);
    const migrations = this.migrations(app, props.migrate, versions.at(-1)!.image, database);
    const webs = versions.map((version) => this.version(app, version, migrations, [database, broker]));
    this.admin(app, props, migrations, database);
    this.routes(props, webs);
  }

  /** The one that is made outside of the cluster, or one in it. */
  private database(props: PostfactoProps): Database {
    const { postgres: image, postgresExporter: exporterImage } = props.images;
    if (props.managed) return managedDatabase(this, { ...props.managed, secrets: props.secrets, image });
    return postgres(this, { ...props, ...sizesOf(props), settings: props.postgres ?? {}, image, exporterImage });
  }

  /** One route to all versions, and one to the next alone. */
  private routes({ binding, nextBinding, stickyMinutes }: PostfactoProps, webs: readonly Web[]): void {
    // For WebSockets the gateway forwards the scheme "wss", which the application would redirect to HTTPS.
    const rules = [{ setRequestHeaders: { 'X-Forwarded-Proto': 'https' } }];
    const sticky = { name: 'postfacto-version', maxAgeSeconds: stickyMinutes * 60 };
    // Without its weight: a single backend of weight 0 would answer nobody.
    const next = webs.filter(({ version }) => version === 'next').map(({ workload }) => ({ workload }));
    const routes = [
      route(this, binding, webs, { rules, sticky }),
      ...(nextBinding ? [route(this, nextBinding, next, { rules, name: `${this.name}-next` })] : []),
    ];
    // The Services are created after the migrations; a route to a missing Service fails the whole sync.
    for (const one of routes) one.addDependency(...webs.map(({ workload }) => workload));
  }

  /** Migrates the schema before the web pods start, to that of the newest version, which the older one tolerates. */
  private migrations(app: Rails, settings: PostfactoProps['migrate'], image: string, database: Database): Job {
    const job = railsJob(this, app, {
      settings,
      role: 'migrate',
      image,
      waits: database.wait,
      task: 'db:migrate',
      initContainers: database.reconcile && [database.reconcile.container],
      volumes: database.reconcile?.volumes,
    });
    if (database.workload) job.node.addDependency(database.workload);
    return job;
  }

  /** Creates the first administrator; an existing one with that address is not changed. */
  private admin(
    app: Rails,
    { admin: settings, adminEmail, images }: PostfactoProps,
    migrations: Job,
    database: Database,
  ): void {
    const job = railsJob(this, app, {
      settings,
      role: 'admin',
      image: images.stable,
      waits: database.wait,
      task: 'admin:create_user',
      env: { ADMIN_EMAIL: adminEmail, ADMIN_PASSWORD: app.adminPassword },
    });
    job.node.addDependency(migrations);
  }

  private version(app: Rails, version: Version, migrations: Job, apartFrom: readonly [Database, Valkey]): Web {
    const awayFrom = apartFrom.flatMap(({ workload: pods }) => (pods ? [pods.labels] : []));
    const workload = web(this, app, { ...version, awayFrom });
    workload.node.addDependency(migrations);
    return { workload, weight: version.settings.weight, version: version.instance };
  }
}

function versionsOf({ images, stable, next }: PostfactoProps): Version[] {
  const first: Version = { instance: 'stable', image: images.stable, settings: stable };
  return next && images.next ? [first, { instance: 'next', image: images.next, settings: next }] : [first];
}
