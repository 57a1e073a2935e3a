// What the played mongodump and mongorestore share: options, sign-in, and an archive format of their own.
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { EJSON } from 'bson';
import { MongoClient } from 'mongodb';

/** The first line of an archive: one JSON object a line, documents as canonical Extended JSON. */
const HEADER = '{"archive":"slipway-lab","version":1}';

/** Runs a program's main function; errors go to standard error, and the exit code is 1. */
export async function program(name, main) {
  try {
    await main();
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
}

/**
 * Parses `--name=value` and `--flag`.
 * @param known values and flags by name; true if required
 * @throws Error at any other argument, and for missing ones
 */
export function optionsOf(args, { values, flags }) {
  const seen = {};
  for (const arg of args) {
    const [, name, value] = /^--([a-zA-Z]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const isKnown = name !== undefined && name in (value === undefined ? flags : values);
    if (!isKnown) throw new Error(`the lab's stand-in does not know the option ${JSON.stringify(arg)}`);
    seen[name] = value ?? true;
  }
  const missing = Object.entries({ ...values, ...flags }).filter(([name, required]) => required && !(name in seen));
  if (missing.length > 0)
    throw new Error(`the lab's stand-in needs ${missing.map(([name]) => `--${name}`).join(', ')}`);
  return seen;
}

/** Connects with the user in the URI and the password of the config file, or else of standard input. */
export async function connected({ uri, config }) {
  const [, user] = /^mongodb:\/\/([^@:/]+)@/.exec(uri) ?? [];
  if (user === undefined) throw new Error('the URI names no user, or contains a password');
  const password = config === undefined ? await asked(user) : passwordOf(config);
  const signedIn = uri.replace(`${user}@`, () => `${user}:${encodeURIComponent(password)}@`);
  const client = new MongoClient(signedIn, { serverSelectionTimeoutMS: 30_000, appName: 'lab-mongo-tools' });
  await client.connect();
  return client;
}

/** Writes the lines of an archive. */
export async function writeArchive(file, lines) {
  async function* text() {
    yield `${HEADER}\n`;
    for await (const line of lines) yield `${EJSON.stringify(line, { relaxed: false })}\n`;
  }
  await pipeline(text, createGzip(), createWriteStream(file));
}

/** Reads the lines of an archive. @throws Error if it is damaged, or not one of this program's */
export async function* readArchive(file) {
  const lines = new PassThrough();
  const reading = pipeline(createReadStream(file), createGunzip(), lines);
  // Its error reaches the caller below.
  reading.catch(() => undefined);
  let isFirst = true;
  for await (const line of createInterface({ input: lines, crlfDelay: Infinity })) {
    if (isFirst && line !== HEADER) throw new Error(`${file} is not an archive of the lab's mongodump`);
    if (!isFirst) yield EJSON.parse(line, { relaxed: false });
    isFirst = false;
  }
  await reading;
}

function passwordOf(config) {
  const [, password] = /^password: (.*)$/m.exec(readFileSync(config, 'utf8')) ?? [];
  if (password === undefined) throw new Error(`${config} has no password`);
  return password.trim().replace(/^(['"])(.*)\1$/, '$2');
}

async function asked(user) {
  process.stderr.write(`Password of ${user}: `);
  for await (const line of createInterface({ input: process.stdin })) return line;
  throw new Error('no password on standard input');
}
