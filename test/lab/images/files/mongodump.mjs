// The lab's stand-in for mongodump. It has the options that the dump script passes, and reads all at one instant by a
// snapshot session, where the original reads the oplog. Users and roles are left out.
import { connected, optionsOf, program, writeArchive } from './mongo-tools.mjs';

const SYSTEM = new Set(['admin', 'config', 'local']);

await program('mongodump', async () => {
  const options = optionsOf(process.argv.slice(2), {
    values: { config: true, uri: true, archive: true },
    flags: { oplog: true, gzip: true },
  });
  const client = await connected(options);
  try {
    await writeArchive(options.archive, collections(client));
  } finally {
    await client.close();
  }
});

/** Each collection, followed by its documents. */
async function* collections(client) {
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
  // Snapshot sessions exist only in replica sets, like the oplog.
  const session = client.startSession({ snapshot: true });
  for (const { name: database } of databases.filter(({ name }) => !SYSTEM.has(name))) {
    const db = client.db(database);
    for (const { name, type, options } of await db.listCollections().toArray()) {
      if (name.startsWith('system.')) continue;
      if (type !== 'collection') throw new Error(`${database}.${name} is a ${type}, which this stand-in cannot dump`);
      const indexes = await db.collection(name).listIndexes().toArray();
      yield { database, name, options, indexes };
      let count = 0;
      for await (const document of db.collection(name).find({}, { session, promoteValues: false, raw: false })) {
        yield { document };
        count += 1;
      }
      console.error(`${database}.${name}: ${count} documents`);
    }
  }
}
