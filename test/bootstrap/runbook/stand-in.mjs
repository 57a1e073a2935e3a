#!/usr/bin/env node
// Hands a call to the test that plays the program, and does what it answers. Called as the program: STAND_INS is the test's socket.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { basename } from 'node:path';

const [, program, ...args] = process.argv;
const socket = connect(process.env.STAND_INS);
let answer = '';
socket.on('data', (data) => (answer += data));
socket.on('end', () => {
  const { status, stdout, stderr } = JSON.parse(answer);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = status;
});
socket.end(
  JSON.stringify({
    program: basename(program),
    args,
    folder: process.cwd(),
    env: process.env,
    stdin: readFileSync(0, 'utf8'),
  }),
);
