import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { at, listAt, textAt } from '../../../charts/lib/manifest.ts';

/** A DNS record at Cloudflare. */
export interface DnsRecord {
  readonly id: string;
  readonly type: string;
  /** Absolute, lower case, without the dot at the end. */
  readonly name: string;
  /** As sent: of type TXT with or without quotes. */
  readonly content: string;
  /** In seconds; 1 leaves it to Cloudflare. */
  readonly ttl: number;
}

/** What clients write beside and want back; nothing of it is seen in DNS. */
interface StoredRecord extends DnsRecord {
  readonly comment: string | null;
  readonly tags: readonly unknown[];
}

interface Zone {
  readonly id: string;
  readonly name: string;
  /** By id, in order of creation. */
  records: ReadonlyMap<string, StoredRecord>;
}

interface Reply {
  readonly result: unknown;
  readonly result_info?: Readonly<Record<string, number>>;
}

/** An error of Cloudflare's API. */
class Refusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
  }
}

/** Path of the API's version. */
const ROOT = '/client/v4';
/** Items of a page, if the request does not say how many. */
const PER_PAGE = { zones: 20, records: 100 };
/** The types that clients of the lab write. */
const TYPES: ReadonlySet<string> = new Set(['A', 'AAAA', 'CNAME', 'TXT']);
/** Types of which a name has only one, with CNAME. */
const ADDRESSES: ReadonlySet<string> = new Set(['A', 'AAAA']);
/** Limits of the TTL in seconds, for zones that are not of an Enterprise plan. */
const TTL = { automatic: 1, min: 60, max: 86_400 };

/** The id of a zone: as stable as its name, in the form of Cloudflare's. */
export function zoneId(zone: string): string {
  return createHash('md5').update(zone).digest('hex');
}

/**
 * Stands in for Cloudflare's API (version 4) for zones of one account, with a token that may read and edit all of them:
 * what external-dns and cert-manager's DNS-01 solver call, and no more. Codes and messages of errors are Cloudflare's
 * where its clients' bug reports show them; unlike Cloudflare it refuses names outside of the zone, to which Cloudflare
 * appends the zone's, and records that Cloudflare would proxy, since what they resolve to is not their content.
 *
 * It does not prove that the token's permissions suffice, nor that a program stays below Cloudflare's rate limits, and
 * has changes in DNS at once.
 */
export class CloudflareStandIn {
  readonly handler: RequestListener = (req, res) => void this.respond(req, res);
  private readonly zones: readonly Zone[];
  private readonly token: string;
  private readonly changed?: (records: readonly DnsRecord[]) => void;

  /**
   * @param props.zones names
   * @param props.token the API token that it accepts
   * @param props.changed called with all records after each request that wrote some
   */
  constructor(props: {
    readonly zones: readonly string[];
    readonly token: string;
    readonly changed?: (records: readonly DnsRecord[]) => void;
  }) {
    this.zones = props.zones.map((name) => ({ id: zoneId(name), name, records: new Map() }));
    this.token = props.token;
    this.changed = props.changed;
  }

  /** The records of all zones. */
  records(): readonly DnsRecord[] {
    return this.zones.flatMap(({ records }) => [...records.values()]);
  }

  private async respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const body = await textOf(req);
      if (req.headers.authorization !== `Bearer ${this.token}`) throw new Refusal(403, 9109, 'Invalid access token');
      const { pathname, searchParams } = new URL(req.url ?? '', 'https://api.cloudflare.com');
      const reply = pathname.startsWith(`${ROOT}/`)
        ? this.route(`${req.method} ${pathname.slice(ROOT.length)}`, searchParams, body)
        : undefined;
      if (reply === undefined) throw new Refusal(404, 7000, 'No route for that URI');
      send(res, 200, { success: true, errors: [], messages: [], ...reply });
    } catch (error) {
      const { status, code, message } = error instanceof Refusal ? error : new Refusal(500, 1000, String(error));
      send(res, status, { success: false, errors: [{ code, message }], messages: [], result: null });
    }
  }

  /** @returns undefined if there is no such route */
  private route(request: string, query: URLSearchParams, body: string): Reply | undefined {
    const [method, path = ''] = request.split(' ');
    const [, zones, id, records, record, ...rest] = path.split('/');
    if (zones !== 'zones' || rest.length > 0) return undefined;
    if (id === undefined)
      return method === 'GET' ? page(this.named(query.get('name')), query, PER_PAGE.zones) : undefined;
    const zone = this.zones.find((one) => one.id === id);
    if (zone === undefined)
      throw new Refusal(404, 7003, `Could not route to ${path}, perhaps your object identifier is invalid?`);
    if (records === undefined) return method === 'GET' ? { result: zoneBody(zone) } : undefined;
    if (records !== 'dns_records') return undefined;
    if (record === undefined && method === 'GET') return page(matching(zone, query), query, PER_PAGE.records);
    if (record === undefined && method === 'POST') return this.change(zone, (draft) => draft.create(parsed(body)));
    if (record === 'batch' && method === 'POST') return this.change(zone, (draft) => draft.batch(parsed(body)));
    if (record !== undefined && method === 'PUT') return this.change(zone, (draft) => draft.put(record, parsed(body)));
    if (record !== undefined && method === 'DELETE') return this.change(zone, (draft) => draft.delete(record));
    return undefined;
  }

  private named(name: string | null): unknown[] {
    return this.zones.filter((zone) => name === null || zone.name === name).map(zoneBody);
  }

  /** Changes the records of a zone, all or none. */
  private change(zone: Zone, edit: (draft: Draft) => unknown): Reply {
    const draft = new Draft(zone);
    const result = edit(draft);
    zone.records = draft.records;
    this.changed?.(this.records());
    return { result };
  }
}

/** A copy of a zone's records, to be changed and then committed or dropped. */
class Draft {
  readonly records: Map<string, StoredRecord>;
  private readonly zone: string;

  constructor({ name, records }: Zone) {
    this.zone = name;
    this.records = new Map(records);
  }

  create(wanted: unknown): unknown {
    return this.write(randomUUID().replaceAll('-', ''), wanted);
  }

  put(id: string, wanted: unknown): unknown {
    this.find(id);
    return this.write(id, wanted);
  }

  delete(id: string): { readonly id: string } {
    this.find(id);
    this.records.delete(id);
    return { id };
  }

  /** In Cloudflare's order, whatever that of the body: what is deleted makes room for what is created. */
  batch(wanted: unknown): Readonly<Record<string, readonly unknown[]>> {
    if (listAt(wanted, 'patches').length > 0) throw invalid(9207, 'the stand-in has no patches');
    const idOf = (one: unknown): string => textAt(one, 'id') ?? '';
    return {
      deletes: listAt(wanted, 'deletes').map((one) => this.delete(idOf(one))),
      patches: [],
      puts: listAt(wanted, 'puts').map((one) => this.put(idOf(one), one)),
      posts: listAt(wanted, 'posts').map((one) => this.create(one)),
    };
  }

  private find(id: string): void {
    if (!this.records.has(id)) throw new Refusal(404, 81044, 'Record does not exist.');
  }

  private write(id: string, wanted: unknown): unknown {
    const record = recordOf(id, wanted, this.zone);
    const others = [...this.records.values()].filter((one) => one.id !== id && one.name === record.name);
    if (others.some(({ type, content }) => type === record.type && content === record.content))
      throw invalid(81_058, 'An identical record already exists.');
    if (record.type === 'CNAME' && others.some(({ type }) => type === 'CNAME' || ADDRESSES.has(type)))
      throw invalid(81_053, 'An A, AAAA, or CNAME record with that host already exists.');
    if (ADDRESSES.has(record.type) && others.some(({ type }) => type === 'CNAME'))
      throw invalid(81_054, 'A CNAME record with that host already exists.');
    this.records.set(id, record);
    return recordBody(record);
  }
}

/** @throws Refusal if Cloudflare would not have the record in the zone */
function recordOf(id: string, wanted: unknown, zone: string): StoredRecord {
  const type = textAt(wanted, 'type') ?? '';
  const name = (textAt(wanted, 'name') ?? '').toLowerCase().replace(/\.$/, '');
  const content = textAt(wanted, 'content') ?? '';
  const ttl = Number(at(wanted, 'ttl') ?? TTL.automatic);
  if (!TYPES.has(type)) throw invalid(1004, `the stand-in has no records of type "${type}"`);
  if (!LABELS.test(name)) throw invalid(9000, `DNS name is invalid: "${name}"`);
  if (!isWithin(name, zone)) throw invalid(9000, `DNS name is invalid: "${name}" is outside of the zone ${zone}`);
  if (type === 'A' && !isIPv4(content)) throw invalid(9005, 'Content for A record must be a valid IPv4 address.');
  if (type === 'AAAA' && !isIPv6(content)) throw invalid(9006, 'Content for AAAA record must be a valid IPv6 address.');
  if (type === 'CNAME' && !LABELS.test(content.replace(/\.$/, '')))
    throw invalid(9007, 'Content for CNAME record is invalid.');
  if (type === 'TXT' && content === '') throw invalid(9207, 'Content for TXT record must not be empty.');
  if (ttl !== TTL.automatic && !(ttl >= TTL.min && ttl <= TTL.max))
    throw invalid(9021, `Invalid TTL. Must be between ${TTL.min} and ${TTL.max} seconds, or 1 for Automatic.`);
  if (at(wanted, 'proxied') === true) throw invalid(9004, 'the stand-in proxies no records');
  return { id, type, name, content, ttl, comment: textAt(wanted, 'comment') ?? null, tags: listAt(wanted, 'tags') };
}

/**
 * A host name in ASCII, with underscores, and asterisks as whole labels: Cloudflare takes one that is not the first
 * literally (developers.cloudflare.com/dns/manage-dns-records/reference/wildcard-dns-records).
 */
const LABELS = /^(?=.{1,253}$)([\w-]{1,63}|\*)(\.([\w-]{1,63}|\*))*$/;

/** Whether a name is a zone's own or below it; both absolute, without the dot at the end. */
export function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

function invalid(code: number, message: string): Refusal {
  return new Refusal(400, code, message);
}

function matching({ records }: Zone, query: URLSearchParams): unknown[] {
  const asked = (['name', 'type', 'content'] as const).filter((field) => query.has(field));
  return [...records.values()]
    .filter((record) => asked.every((field) => record[field] === query.get(field)))
    .map(recordBody);
}

function recordBody(record: StoredRecord): unknown {
  return { ...record, proxied: false, proxiable: record.type !== 'TXT', meta: {}, settings: {} };
}

function zoneBody({ id, name }: Zone): unknown {
  return { id, name, status: 'active', paused: false, type: 'full', plan: { name: 'Free Website' } };
}

/** One page of a list; empty after the last, up to which cloudflare-go reads. */
function page(items: readonly unknown[], query: URLSearchParams, defaultSize: number): Reply {
  const number = Number(query.get('page') ?? 1);
  const size = Number(query.get('per_page') ?? defaultSize);
  const result = items.slice((number - 1) * size, number * size);
  return {
    result,
    result_info: {
      page: number,
      per_page: size,
      count: result.length,
      total_count: items.length,
      total_pages: Math.ceil(items.length / size),
    },
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw invalid(9207, 'Request body is invalid.');
  }
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
