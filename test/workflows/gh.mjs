#!/usr/bin/env node
// Stands in for GitHub's command line, of which no registry has the program: it answers from the file $GH_STATE, writes what it was
// told into it, and takes only the calls below. It does not prove that GitHub takes them, nor what its token may do.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const state = JSON.parse(readFileSync(process.env.GH_STATE, 'utf8'));
const [command, ...args] = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
const save = () => writeFileSync(process.env.GH_STATE, JSON.stringify(state));
const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

if (command === 'run' && args[0] === 'download') {
  const artifact = state.artifacts[args[1]];
  if (!artifact) fail('no valid artifacts found to download');
  copyFileSync(artifact, join(option('--dir'), 'plan.md'));
} else if (command === 'pr' && args[0] === 'create') {
  state.created = { head: option('--head'), title: option('--title'), body: option('--body') };
  save();
} else if (command === 'api') {
  const path = args.find((one) => one.startsWith('repos/'));
  if (path === 'repos/acme/fleet/actions/artifacts') {
    const [, name] = args.find((one) => one.startsWith('name=')).split('=');
    console.log(JSON.stringify({ artifacts: state.saved.filter((one) => one.name === name) }));
  } else if (path === 'repos/acme/fleet/pulls') {
    const [, head] = args.find((one) => one.startsWith('head=')).split('=');
    console.log(JSON.stringify(state.pulls.filter((one) => one.label === head)));
  } else if (path === 'repos/acme/fleet/issues' && args.includes('GET')) {
    console.log(JSON.stringify(state.issues.filter((one) => one.state === 'open')));
  } else if (/^repos\/acme\/fleet\/issues(\/\d+)?$/.test(path)) {
    const said = JSON.parse(readFileSync(option('--input'), 'utf8'));
    const known = state.issues.find(({ number }) => path.endsWith(`/${number}`));
    if (args.includes('PATCH')) Object.assign(known, said);
    else state.issues.push({ number: 100 + state.issues.length, state: 'open', user: { type: 'Bot' }, ...said });
    save();
  } else if (args.includes('--input')) {
    state.comments ??= [];
    const { body } = JSON.parse(readFileSync(option('--input'), 'utf8'));
    const known = state.comments.find(({ id }) => path.endsWith(`/comments/${id}`));
    if (args.includes('PATCH')) known.body = body;
    else state.comments.push({ id: 100 + state.comments.length, issue: path, user: { type: 'Bot' }, body });
    save();
  } else console.log(JSON.stringify(state.comments ?? []));
} else fail(`unknown call: gh ${process.argv.slice(2).join(' ')}`);
