// The lab's stand-in for mongorestore. It has the options of the runbook, and reads archives of the lab's mongodump.
import { connected, optionsOf, program, readArchive } from './mongo-tools.mjs';

const BATCH = 1000;
const DUPLICATE_KEY = 11_000;

await program('mongorestore', async () => {
  const options = optionsOf(process.argv.slice(2), {
    values: { uri: true, archive: true, config: false },
    flags: { gzip: true, oplogReplay: false, drop: false },
  });
  const client = await connected(options);
  try {
    await restore(client, options);
  } finally {
    await client.close();
  }
});

async function restore(client, { archive, drop = false }) {
  let current;
  for await (const line of readArchive(archive)) {
    if ('document' in line) {
      current.documents.push(line.document);
      if (current.documents.length >= BATCH) await insert(current);
    } else {
      if (current) await finish(current);
      current = await begin(client, line, drop);
    }
  }
  if (current) await finish(current);
}

async function begin(client, { database, name, options, indexes }, drop) {
  const db = client.db(database);
  if (drop) await db.dropCollection(name).catch(ignoring(26));
  await db.createCollection(name, options).catch(ignoring(48));
  return { collection: db.collection(name), indexes, documents: [], restored: 0, skipped: 0 };
}

async function insert(current) {
  const { collection, documents } = current;
  if (documents.length === 0) return;
  let failed = 0;
  await collection.insertMany(documents, { ordered: false, writeConcern: { w: 'majority' } }).catch((error) => {
    const errors = [error.writeErrors ?? []].flat();
    if (errors.length === 0 || errors.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    failed = errors.length;
  });
  current.restored += documents.length - failed;
  current.skipped += failed;
  current.documents = [];
}

async function finish(current) {
  await insert(current);
  const { collection, indexes, restored, skipped } = current;
  const own = indexes.filter(({ name }) => name !== '_id_');
  if (own.length > 0) await collection.createIndexes(own);
  console.error(`${collection.namespace}: ${restored} documents, ${skipped} were there already`);
}

/** Ignores an error of the server by its code: 26 if there is no such collection, 48 if there is one. */
function ignoring(code) {
  return (error) => {
    if (error.code !== code) throw error;
  };
}
