import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { freePorts } from '../../../apps/common/src/testing/free-ports.ts';
import type { Processes } from '../processes.ts';
import type { Generated } from './generated.ts';
import { Receivers } from './notifications.ts';

/** Names of the processes. */
const [PROMETHEUS, ALERTMANAGER, SERVICE] = ['alerting-prometheus', 'alerting-alertmanager', 'alerting-service'];

/** Labels of the service's target, as the operator's relabeling makes them. */
const TARGET = { job: 'hello/hello', namespace: 'hello', pod: 'hello-0', container: 'hello', endpoint: 'metrics' };

/** Properties of a way that alerts take. */
export interface AlertingProps {
  /** Scratch folder. */
  readonly folder: string;
  readonly processes: Processes;
  readonly generated: Generated;
  /** Paths of the programs. */
  readonly prometheus: string;
  readonly alertmanager: string;
}

/**
 * The way of an alert: a service, the real Prometheus with the cluster's rules, the real Alertmanager with the cluster's
 * routes, and what stands in for its receivers. Addresses are exchanged, and times are shortened: how often is asked and
 * evaluated, how long a condition must hold, and how long messages are grouped.
 */
export class Alerting {
  readonly receivers: Receivers;
  private readonly props: AlertingProps;
  private readonly port: number;

  private constructor(props: AlertingProps, receivers: Receivers, port: number) {
    this.props = props;
    this.receivers = receivers;
    this.port = port;
  }

  static async start(props: AlertingProps): Promise<Alerting> {
    const [service = 0, unused = 0, prometheus = 0, alertmanager = 0] = await freePorts(4);
    mkdirSync(props.folder, { recursive: true });
    const alerting = new Alerting(props, await Receivers.listen(), service);
    await alerting.startService(unused);
    await alerting.startAlertmanager(alertmanager);
    await alerting.startPrometheus(prometheus, alertmanager);
    return alerting;
  }

  /** Ends the service. */
  endService(): Promise<void> {
    return this.props.processes.end(SERVICE, 'SIGKILL');
  }

  restartService(): Promise<void> {
    return this.props.processes.restart(SERVICE);
  }

  /** Sends the service a signal: after SIGSTOP its connections stay open and nothing answers, until SIGCONT. */
  signalService(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const pid = this.props.processes.pid(SERVICE);
    if (pid === undefined) throw new Error('the service does not run');
    process.kill(pid, signal);
  }

  async end(): Promise<void> {
    for (const name of [PROMETHEUS, ALERTMANAGER, SERVICE]) await this.props.processes.end(name, 'SIGKILL');
    this.receivers.close();
  }

  private startService(port: number): Promise<void> {
    const program = join(import.meta.dirname, '..', 'images', 'files', 'service.mjs');
    const env = { PORT: String(port), METRICS_PORT: String(this.port) };
    return this.props.processes.start(SERVICE, { command: process.execPath, args: [program], env });
  }

  private async startAlertmanager(port: number): Promise<void> {
    const { alertmanager, generated } = this.props;
    await this.serve(ALERTMANAGER, alertmanager, port, [
      `--config.file=${this.write('alertmanager.yaml', this.routes(generated.alertmanager))}`,
      `--storage.path=${join(this.props.folder, 'alertmanager')}`,
      '--cluster.listen-address=',
    ]);
  }

  /** The cluster's routes and receivers, with the stand-in's addresses. */
  private routes(text: string): object {
    const quick = { group_wait: '1s', group_interval: '1s' };
    const config = changed(load(text), (key, value) => {
      if (key in quick) return quick[key as keyof typeof quick];
      return /^(url|api_url)$/.test(key) && typeof value === 'string' ? this.receivers.insteadOf(value) : value;
    }) as { readonly global?: object };
    const pagerduty = this.receivers.insteadOf('https://events.pagerduty.com/v2/enqueue');
    return { ...config, global: { ...config.global, pagerduty_url: pagerduty } };
  }

  private async startPrometheus(port: number, alertmanager: number): Promise<void> {
    const { prometheus, generated, folder } = this.props;
    const { global, alerting } = load(generated.prometheus) as { readonly global: object; readonly alerting: object };
    const ruleFiles = Object.values(generated.rules)
      .flatMap((files) => Object.entries(files))
      .map(([name, text]) =>
        this.write(
          name,
          changed(load(text), (key, value) => (key === 'for' ? '2s' : value)),
        ),
      );
    const config = {
      global: { ...global, scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ruleFiles,
      alerting: { ...alerting, alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanager}`] }] }] },
      scrape_configs: [
        { job_name: TARGET.job, static_configs: [{ targets: [`127.0.0.1:${this.port}`], labels: TARGET }] },
      ],
    };
    await this.serve(PROMETHEUS, prometheus, port, [
      `--config.file=${this.write('prometheus.yaml', config)}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    ]);
  }

  /** Starts a server of Prometheus' project and waits until it is ready. */
  private async serve(name: string, command: string, port: number, args: readonly string[]): Promise<void> {
    const address = `127.0.0.1:${port}`;
    await this.props.processes.start(name, { command, args: [...args, `--web.listen-address=${address}`] });
    await this.props.processes.ready(name, async () => (await fetch(`http://${address}/-/ready`)).ok);
  }

  /** Writes a file of YAML. @returns its path */
  private write(name: string, content: object): string {
    const file = join(this.props.folder, name);
    writeFileSync(file, dump(content, { noRefs: true }));
    return file;
  }
}

/** A JSON value in which each field has the value that `change` makes of it. */
function changed(value: unknown, change: (key: string, value: unknown) => unknown): object {
  const visit = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(visit);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, field]) => [key, visit(change(key, field))]));
  };
  return visit(value) as object;
}
