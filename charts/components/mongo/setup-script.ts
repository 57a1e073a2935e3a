/**
 * The program of the setup Job, for mongosh: JavaScript that only looks synchronous, since mongosh waits for the
 * database at each call. Kept free of callbacks into the database from built-in functions, where it does not.
 */
export const SETUP_SCRIPT = `// Initiates the replica set if nobody ever has, and brings its users in line with what is wanted.
// Runs on every sync: what is there stays, or is updated. Nothing is dropped.
const { readFileSync } = require('node:fs');

const wanted = JSON.parse(readFileSync('/etc/setup/wanted.json', 'utf8'));

// The user that members are to each other, with the key file, less its white space, as password. Unlike the localhost
// exception it signs in from another pod, and on a member that knows no users yet.
const key = encodeURIComponent(readFileSync('/run/key/keyfile', 'utf8').replace(/\\s/g, ''));
const options = 'directConnection=true&authSource=local&serverSelectionTimeoutMS=5000&connectTimeoutMS=5000';

const connections = {};
const deadline = Date.now() + wanted.timeoutSeconds * 1000;

initiate();
const admin = primary();
for (const user of wanted.users) bringInLine(admin, user);
print('done');

// Until every member answers, or one of them turns out to be configured. A member that is down or has an empty disk is
// then none of our business: the primary brings it up again, and a second initiation would cost the data.
function initiate() {
  for (;;) {
    const members = [];
    for (const host of wanted.hosts) members.push(look(host));
    if (members.some(({ configured }) => configured)) {
      print('the replica set has been initiated before');
      return;
    }
    if (members.every(({ admin }) => admin) && initiateOn(members[0])) return;
    pause('every member to answer');
  }
}

// What a member knows of the set. Asks its disk as well, because a member that is still starting does not yet say.
function look(host) {
  try {
    if (!connections[host]) connections[host] = connect('mongodb://__system:' + key + '@' + host + '/admin?' + options);
    const admin = connections[host];
    const hello = admin.hello();
    const onDisk = admin.getSiblingDB('local').getCollection('system.replset').findOne();
    return { host, admin, hello, configured: Boolean(hello.setName) || Boolean(onDisk) };
  } catch (error) {
    print(host + ': ' + error.message);
    return { host, hello: {}, configured: false };
  }
}

// The server checks once more that no member has data or a configuration, and refuses if one has.
function initiateOn({ host, admin }) {
  const members = wanted.hosts.map((member, _id) => ({ _id, host: member }));
  try {
    admin.adminCommand({ replSetInitiate: { _id: wanted.replicaSet, members } });
    print('initiated the replica set on ' + host);
    return true;
  } catch (error) {
    print(host + ' did not initiate the set: ' + error.message);
    return false;
  }
}

// The primary's admin database.
function primary() {
  for (;;) {
    for (const host of wanted.hosts) {
      const { admin, hello } = look(host);
      if (hello.isWritablePrimary) return admin;
    }
    pause('a primary');
  }
}

// Creates the user, or gives it the password of the store and the roles of today.
function bringInLine(admin, { name, roles }) {
  const pwd = readFileSync('/run/users/' + name, 'utf8');
  if (admin.getUser(name) === null) {
    admin.createUser({ user: name, pwd, roles });
    print('created user ' + name);
  } else {
    admin.updateUser(name, { pwd, roles });
    print('updated user ' + name);
  }
}

function pause(what) {
  if (Date.now() > deadline) throw new Error('waited ' + wanted.timeoutSeconds + ' s for ' + what);
  print('waiting for ' + what);
  sleep(5000);
}
`;
