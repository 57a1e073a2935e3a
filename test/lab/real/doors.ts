import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** Address of the room in the network of its nodes, which it routes. */
export const ROOM_ADDRESS = '10.89.0.1';

/** Port of the API server in the network of the nodes: the usual one, which network policies name. */
export const API_PORT = 6443;

/** What can be reached from outside of a room. */
export type Door = 'api' | 'argocd' | 'http' | 'https';
export const DOORS: readonly Door[] = ['api', 'argocd', 'http', 'https'];

/** The room that this process runs in. */
export interface Room {
  /** Process id, outside, of the process whose end ends the room. */
  readonly pid: number;
  /** Folder with the sockets of the doors. */
  readonly folder: string;
  /** Control group of everything in the room that has one, below the roots of all hierarchies. */
  readonly group: string;
  /** Port of each door: the same on 127.0.0.1 outside and inside. */
  readonly doors: Readonly<Record<Door, number>>;
}

/** Environment variable with the room, as JSON. */
export const ROOM = 'SLIPWAY_LAB_ROOM';

/** The room that this process runs in; undefined outside of one. */
export function room(): Room | undefined {
  const text = process.env[ROOM];
  return text === undefined ? undefined : (JSON.parse(text) as Room);
}

/** Opens a door: what connects to it outside reaches an address inside. */
export function open({ folder, doors }: Room, door: Door, address: string, port: number): Server {
  return relay(createServer().listen(join(folder, `${doors[door]}.sock`)), () => connect(port, address));
}

/** The outer side of all doors, on loopback. */
export async function listenOutside({ folder, doors }: Room): Promise<Server[]> {
  return Promise.all(
    DOORS.map(
      (door) =>
        new Promise<Server>((resolve, reject) => {
          const server = relay(createServer(), () => connect(join(folder, `${doors[door]}.sock`)));
          server.once('error', reject);
          server.listen(doors[door], '127.0.0.1', () => resolve(server));
        }),
    ),
  );
}

/** Connects whoever connects to the server with what `target` connects to. */
function relay(server: Server, target: () => ReturnType<typeof connect>): Server {
  server.on('connection', (socket) => {
    const peer = target();
    socket.pipe(peer).pipe(socket);
    for (const [one, other] of [
      [socket, peer],
      [peer, socket],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  return server;
}
