/**
 * The mongosh script of the setup Job. mongosh awaits every database call implicitly, except in callbacks of built-in
 * functions such as forEach, so these contain no database calls.
 */
export const SETUP_SCRIPT = `// Initiates the replica set if it is not initiated yet, and reconciles its users and members.
// Runs on every sync and is idempotent: users are created or updated, none is dropped.
const { readFileSync } = require('node:fs');

const desired = JSON.parse(readFileSync('/etc/setup/state.json', 'utf8'));

// The internal user of the members; its password is the key file without white space. Unlike the localhost exception
// it can authenticate from another pod, and on a member that has no users yet.
const key = encodeURIComponent(readFileSync('/run/key/keyfile', 'utf8').replace(/\\s/g, ''));
const timeouts = 'serverSelectionTimeoutMS=5000&connectTimeoutMS=5000';
const options = ['directConnection=true&authSource=local', timeouts, desired.options].filter(Boolean).join('&');

// Of MongoDB's errors: NewReplicaSetConfigurationIncompatible, ConfigurationInProgress, CurrentConfigNotCommittedYet.
const CONFIGURATION_CHANGES = [103, 109, 308];
const USER_EXISTS = 51003;

const connections = {};
const deadline = Date.now() + desired.timeoutSeconds * 1000;

initiate();
for (const user of desired.users) reconcile(primary(), user);
for (const host of desired.hosts) add(host);
removeOthers();
raiseFeatures();
print('done');

// Waits until every member responds or one of them is configured. In a configured set a member that is down or has an
// empty disk is left alone: it resyncs from the set, and a second initiation would lose the data.
function initiate() {
  for (;;) {
    const members = [];
    for (const host of desired.hosts) members.push(inspect(host));
    if (members.some(({ configured }) => configured)) {
      print('the replica set is already initiated');
      return;
    }
    if (members.every(({ admin }) => admin) && initiateOn(members[0])) return;
    pause('every member to respond');
  }
}

// The state of a member. Reads its stored configuration too, because hello omits the set name during startup.
function inspect(host) {
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

// The server itself refuses to initiate if any member has data or a configuration.
function initiateOn({ host, admin }) {
  const members = desired.hosts.map((member, _id) => ({ _id, host: member }));
  try {
    admin.adminCommand({ replSetInitiate: { _id: desired.replicaSet, members } });
    print('initiated the replica set on ' + host);
    stepUp(admin);
    return true;
  } catch (error) {
    print(host + ' did not initiate the set: ' + error.message);
    return false;
  }
}

// Members elect a primary by themselves after ten seconds: this one does not wait, if it can be so already.
function stepUp(admin) {
  try {
    admin.adminCommand({ replSetStepUp: 1 });
  } catch (error) {
    print('no early election: ' + error.message);
  }
}

// The primary's admin database. It may be a member that is to be removed, which the others know.
function primary() {
  for (;;) {
    for (const host of desired.hosts) {
      const { admin, hello } = inspect(host);
      if (hello.isWritablePrimary) return admin;
      if (!hello.primary || desired.hosts.includes(hello.primary)) continue;
      const other = inspect(hello.primary);
      if (other.hello.isWritablePrimary) return other.admin;
    }
    pause('a primary');
  }
}

// Creates the user, or updates its password and roles.
function reconcile(admin, { name, roles }) {
  const pwd = readFileSync('/run/users/' + name, 'utf8');
  if (admin.getUser(name) === null && create(admin, { user: name, pwd, roles })) {
    print('created user ' + name);
  } else {
    admin.updateUser(name, { pwd, roles });
    print('updated user ' + name);
  }
}

// False if another run of this script was faster: two syncs may overlap.
function create(admin, user) {
  try {
    admin.createUser(user);
    return true;
  } catch (error) {
    if (error.code !== USER_EXISTS) throw error;
    return false;
  }
}

// Adds a member, and waits until it has copied the data: one at a time, so that a majority always has it.
function add(host) {
  for (;;) {
    const admin = primary();
    const config = admin.adminCommand({ replSetGetConfig: 1 }).config;
    if (config.members.some((member) => member.host === host)) return;
    const _id = Math.max(...config.members.map((member) => member._id)) + 1;
    if (!reconfigure(admin, config, [...config.members, { _id, host }])) continue;
    print('added ' + host);
    while (!hasCopied(host)) pause(host + ' to copy the data');
  }
}

function hasCopied(host) {
  const { hello } = inspect(host);
  return Boolean(hello.secondary || hello.isWritablePrimary);
}

// Removes members that are not desired any more, one at a time. A primary cannot remove itself: another is elected first.
function removeOthers() {
  for (;;) {
    const admin = primary();
    const config = admin.adminCommand({ replSetGetConfig: 1 }).config;
    const other = config.members.find((member) => !desired.hosts.includes(member.host));
    if (!other) return;
    if (admin.hello().me === other.host) {
      admin.adminCommand({ replSetStepDown: 60 });
      print(other.host + ' stepped down');
    } else if (reconfigure(admin, config, config.members.filter((member) => member !== other))) {
      print('removed ' + other.host);
    }
  }
}

// Raises the version whose features data may use. Members of an older one do not know them, and going back is not for a
// script: both are left as they are.
function raiseFeatures() {
  const admin = primary();
  const wanted = desired.featuresOf;
  const current = admin.adminCommand({ getParameter: 1, featureCompatibilityVersion: 1 }).featureCompatibilityVersion.version;
  const members = admin.adminCommand({ buildInfo: 1 }).version;
  if (number(wanted) === number(current)) return;
  if (number(wanted) < number(current) || number(wanted) > number(members)) {
    print('left the features of ' + current + ', not ' + wanted + ', on members of ' + members);
    return;
  }
  // Since 7.0 it must be confirmed that there is no way back.
  const confirm = number(members) >= number('7.0') ? { confirm: true } : {};
  admin.adminCommand({ setFeatureCompatibilityVersion: wanted, ...confirm });
  print('raised the features of ' + current + ' to those of ' + wanted);
}

// A release line as a number that compares.
function number(version) {
  const [major, minor] = version.split('.').map(Number);
  return major * 1000 + minor;
}

// False, after a pause, if the configuration has changed meanwhile: the set itself changes it once a new member has copied the data.
function reconfigure(admin, config, members) {
  try {
    admin.adminCommand({ replSetReconfig: { ...config, version: config.version + 1, members } });
    return true;
  } catch (error) {
    if (!CONFIGURATION_CHANGES.includes(error.code)) throw error;
    pause('the configuration of the set: ' + error.message);
    return false;
  }
}

function pause(what) {
  if (Date.now() > deadline) throw new Error('waited ' + desired.timeoutSeconds + ' s for ' + what);
  print('waiting for ' + what);
  sleep(2000);
}
`;
