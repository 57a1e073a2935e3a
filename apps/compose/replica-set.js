// Run by mongosh on the first member: initiates the replica set if necessary and waits for a primary.
const members = ['mongo-0:27017', 'mongo-1:27017', 'mongo-2:27017'].map((host, _id) => ({ _id, host }));

if (db.hello().setName === undefined) {
  print('initiating the replica set');
  db.adminCommand({ replSetInitiate: { _id: 'rs0', members } });
}

const deadline = Date.now() + 60_000;
while (!db.hello().primary) {
  if (Date.now() > deadline) throw new Error('no primary after 60 s: see docker compose logs mongo-0 mongo-1 mongo-2');
  sleep(500);
}
print(`the primary is ${db.hello().primary}`);
