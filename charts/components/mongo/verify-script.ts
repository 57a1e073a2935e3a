import { beginVerification } from '../../lib/dump.ts';
import { FILES } from './documents-script.ts';

/**
 * Restores the newest dump in `/dump` into a server of its own, which listens on a Unix socket alone, and counts its documents. Needs
 * the programs of MongoDB's image, and room for the data in `SCRATCH`. @default /dump
 *
 * It prints the dump's age in seconds, and in its last line the result; exit code 0 if each collection that was counted when the dump
 * was taken is there, with a number of documents in its bounds.
 */
export const VERIFY_SCRIPT = `#!/bin/bash
set -euo pipefail
${beginVerification(FILES)}

socket=$scratch/mongod.sock
mkdir "$scratch/data"
serve mongod --dbpath="$scratch/data" --bind_ip="$socket" --unixSocketPrefix="$scratch" --wiredTigerCacheSizeGB=0.25 \\
  --setParameter=maxIndexBuildMemoryUsageMegabytes=50 --setParameter=diagnosticDataCollectionEnabled=false
until [[ -S $socket ]]; do
  kill -0 "$server" 2>/dev/null || failed "no server to restore into: $(grep '"s":"[EF]"' "$scratch/server.log" | tail -n 3)"
  sleep 0.1
done

uri="mongodb://\${socket//\\//%2F}/?directConnection=true"
# One collection at a time, for the memory that building its indexes takes.
mongorestore --uri="$uri" --gzip --archive="$dump" --oplogReplay --stopOnError --numParallelCollections=1 >"$scratch/mongorestore.log" 2>&1 ||
  failed "$dump cannot be restored: $(end_of mongorestore)"

STAMP=$stamp mongosh --quiet --norc "$uri" --eval '
  const { readFileSync } = require("node:fs");
  const lines = readFileSync(process.env.STAMP + ".documents", "utf8").split("\\n").filter((line) => line !== "");
  const wrong = [];
  let documents = 0;
  for (const line of lines) {
    const [namespace, least, most] = line.split("\\t");
    const dot = namespace.indexOf(".");
    const [database, name] = [db.getSiblingDB(namespace.slice(0, dot)), namespace.slice(dot + 1)];
    const counted = least === most ? least : least + " to " + most;
    const restored = database.getCollection(name).countDocuments();
    documents += restored;
    if (database.getCollectionInfos({ name }).length === 0) wrong.push(namespace + " is missing, with " + counted + " documents");
    else if (!(restored >= Number(least) && restored <= Number(most))) wrong.push(namespace + " has " + restored + " documents, not " + counted);
  }
  if (wrong.length > 0) {
    print("failed: " + wrong.join("; "));
    quit(1);
  }
  print("verified: " + lines.length + " collections have the documents that were counted, " + documents + " in all");
'
`;
