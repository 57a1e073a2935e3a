import type { mongo } from 'mongoose';

/** Time in which the driver asks each member twice: whoever did not answer is away. */
const AWAY_MS = 4_000;

const WITH_PRIMARY: ReadonlySet<string> = new Set<mongo.TopologyType>([
  'ReplicaSetWithPrimary',
  'Sharded',
  'LoadBalanced',
]);

/** What the driver knows of the members of a set, as it learns of it. */
export class Members {
  /** When there was a primary last, and when a member answered; undefined while it is so. */
  private primaryUntil: number | undefined = performance.now();
  private anyUntil: number | undefined = performance.now();
  /** How many members answer. */
  private known = 0;
  /** How long requests wait for an election. */
  private readonly electionMs: number;

  constructor(client: mongo.MongoClient) {
    this.electionMs = client.options.serverSelectionTimeoutMS;
    client.on('topologyDescriptionChanged', ({ newDescription: { type, servers } }) => {
      const known = [...servers.values()].filter((server) => server.type !== 'Unknown').length;
      const primary = WITH_PRIMARY.has(type) || (type === 'Single' && known > 0);
      // With another member there may be a majority now, which then votes.
      const votes = known > this.known;
      this.primaryUntil = primary ? undefined : votes ? performance.now() : (this.primaryUntil ?? performance.now());
      this.anyUntil = known > 0 ? undefined : (this.anyUntil ?? performance.now());
      this.known = known;
    });
  }

  /** False if there is no primary for longer than an election takes: nothing that needs one will be answered. */
  get mayElect(): boolean {
    return !isLonger(this.primaryUntil, this.electionMs) && this.reachable;
  }

  /** False if no member answers, for longer than a disturbance. */
  get reachable(): boolean {
    return !isLonger(this.anyUntil, AWAY_MS);
  }
}

function isLonger(since: number | undefined, milliseconds: number): boolean {
  return since !== undefined && performance.now() - since > milliseconds;
}
