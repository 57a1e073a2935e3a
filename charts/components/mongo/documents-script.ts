import type { DumpFiles } from '../../lib/dump.ts';

/** Names of the files of a dump. */
export const FILES: DumpFiles = { extension: 'archive.gz', counts: 'documents' };

/**
 * The mongosh script that counts what a dump must hold, at the member that is dumped. Writes go on meanwhile, and the dump has its data
 * of an instant that nobody knows: the documents counted before it, those inserted until then more and those deleted until then
 * less. So `count` runs before the dump, and `bound` after it subtracts all deletes since, and adds all inserts, for the least and the most.
 *
 * mongosh awaits every database call implicitly, except in callbacks of built-in functions.
 */
export const DOCUMENTS_SCRIPT = `// Loaded for each dump: count() before it, bound() after it, which writes lines of collection, least and most documents.
const { readFileSync, rmSync, writeFileSync } = require('node:fs');

const SYSTEM = ['admin', 'config', 'local'];

function signIn() {
  const password = readFileSync('/run/password/mongodump.yaml', 'utf8').replace(/^password: |\\n$/g, '');
  db.getSiblingDB('admin').auth('backup', password);
}

// Collections without those of the server itself, and without views and time series, whose documents lie in others.
function collections() {
  const found = [];
  for (const { name: database } of db.adminCommand({ listDatabases: 1, nameOnly: true }).databases) {
    if (SYSTEM.includes(database)) continue;
    for (const { name, info } of db.getSiblingDB(database).getCollectionInfos({ type: 'collection' })) {
      if (!name.startsWith('system.')) found.push({ database, name, id: String(info.uuid) });
    }
  }
  return found;
}

function count() {
  signIn();
  // Known before it counts, since it may miss what is written meanwhile.
  const since = db.hello().lastWrite.opTime.ts;
  const counted = [];
  for (const { database, name, id } of collections()) {
    // Exact: the server's own number is another one after a crash.
    const documents = db.getSiblingDB(database).getCollection(name).countDocuments();
    counted.push({ database, name, id, documents });
  }
  writeFileSync('before.partial', EJSON.stringify({ since, counted }));
}

function bound() {
  signIn();
  const { since, counted } = EJSON.parse(readFileSync('before.partial', 'utf8'));
  const { inserted, deleted } = writesSince(since);
  const ids = new Set(collections().map(({ id }) => id));
  const lines = [];
  for (const { database, name, id, documents } of counted) {
    // Dropped meanwhile: the dump may have it or not.
    if (!ids.has(id)) continue;
    const namespace = database + '.' + name;
    const least = Math.max(0, documents - (deleted.get(namespace) ?? 0));
    const most = documents + (inserted.get(namespace) ?? 0);
    lines.push(namespace + '\\t' + least + '\\t' + most + '\\n');
  }
  writeFileSync('counts.partial', lines.join(''));
  rmSync('before.partial');
}

// Inserts and deletes by collection. Those of transactions, and some that were made at once, are in one entry of the oplog.
function writesSince(since) {
  const oplog = db.getSiblingDB('local').getCollection('oplog.rs');
  if (!oplog.findOne({ ts: since })) throw new Error('the oplog is too small: it does not reach back to the beginning of the dump');
  const sums = oplog.aggregate([
    { $match: { ts: { $gt: since }, op: { $in: ['i', 'd', 'c'] } } },
    { $project: { one: { $cond: [{ $eq: ['$op', 'c'] }, '$o.applyOps', [{ op: '$op', ns: '$ns' }]] } } },
    { $unwind: '$one' },
    { $group: { _id: { op: '$one.op', ns: '$one.ns' }, documents: { $sum: 1 } } },
  ]).toArray();
  const of = (op) => new Map(sums.filter(({ _id }) => _id.op === op).map(({ _id, documents }) => [_id.ns, documents]));
  return { inserted: of('i'), deleted: of('d') };
}
`;
