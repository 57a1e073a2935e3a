import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a path is answered with: its content, or a function that answers. */
type Answer = string | Uint8Array | ((response: ServerResponse) => void);

/** A web server on loopback with the files of a test, in place of chart repositories and GitHub. */
export class FileServer {
  /** Paths of all requests. */
  readonly requests: string[] = [];
  private readonly server: Server;
  private readonly files: Map<string, Answer>;

  /** @param files answers by path: `/index.yaml` */
  static async start(files: Readonly<Record<string, Answer>> = {}): Promise<FileServer> {
    const server = new FileServer(files);
    await new Promise<void>((listening) => server.server.listen(0, '127.0.0.1', listening));
    return server;
  }

  private constructor(files: Readonly<Record<string, Answer>>) {
    this.files = new Map(Object.entries(files));
    this.server = createServer(({ url = '' }, response) => {
      this.requests.push(url);
      const answer = this.files.get(url);
      if (typeof answer === 'function') answer(response);
      else response.writeHead(answer === undefined ? 404 : 200).end(answer);
    });
  }

  /** `http://127.0.0.1:…`, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  put(path: string, answer: Answer): void {
    this.files.set(path, answer);
  }

  /** Ends it, and connections that are still open. */
  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    await closed;
  }
}
