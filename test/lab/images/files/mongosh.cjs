// Starts mongosh from one file, with the code that V8 compiled when the image was made: nearly half of what a run costs is
// compiling. V8 takes it only from its own version, flags and processor, and else compiles as ever.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { constants, Script } = require('node:vm');

const filename = join(__dirname, 'bundle.cjs');
const compiled = join(__dirname, 'bundle.compiled');

// Latin-1, since the bundle is ASCII: V8 then needs no second copy of it.
const script = new Script(readFileSync(filename, 'latin1'), {
  filename,
  cachedData: existsSync(compiled) ? readFileSync(compiled) : undefined,
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
// After a run, so that it has what a run compiles. (Node's own compile cache has only what it compiles before.)
if (process.env.LAB_RECORD) process.once('exit', () => writeFileSync(compiled, script.createCachedData()));

const main = { exports: {} };
script.runInThisContext()(main.exports, createRequire(filename), main, filename, __dirname);
