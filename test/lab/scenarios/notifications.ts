import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '../api.ts';

/** A request that Alertmanager sent. */
export interface Notification {
  /** Host of the address that the configuration has for the receiver. */
  readonly host: string;
  /** Its body, as text of JSON. */
  readonly text: string;
}

/** Seconds: what Alertmanager did not take while it started, Prometheus sends again after a minute. */
const PATIENCE = 150;

/** Stands in for all receivers of alerts: a server on loopback that keeps what it is sent. */
export class Receivers {
  private received: Notification[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const [, host = ''] = (request.url ?? '').split('/');
        this.received.push({ host, text: Buffer.concat(parts).toString() });
        // PagerDuty accepts an event by 202, Slack's webhooks answer "ok".
        response.writeHead(request.url?.endsWith('/enqueue') ? 202 : 200).end('ok');
      });
    });
  }

  static async listen(): Promise<Receivers> {
    const receivers = new Receivers();
    await new Promise<void>((listening) => receivers.server.listen(0, '127.0.0.1', listening));
    return receivers;
  }

  /** What stands in for an address of the configuration. */
  insteadOf(address: string): string {
    const { host, pathname } = new URL(address);
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${host}${pathname}`;
  }

  /**
   * Waits for a notification to a host that has all these texts, and forgets it with those to that host before it.
   *
   * @throws Error with what came instead
   */
  async next(host: string, texts: readonly string[], seconds = PATIENCE): Promise<Notification> {
    const index = (): number =>
      this.received.findIndex((one) => one.host === host && texts.every((text) => one.text.includes(text)));
    if (!(await waitFor(() => Promise.resolve(index() >= 0), seconds)))
      throw new Error(
        `${host} was not sent ${texts.join(', ')} within ${seconds} s, but\n${this.received.map((one) => `${one.host}: ${one.text}`).join('\n')}`,
      );
    const last = index();
    const found = this.received[last]!;
    this.received = this.received.filter((one, i) => one.host !== host || i > last);
    return found;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
