import type { TestModule, TestProject, TestSuite } from 'vitest/node';
import { DATABASE_SUITE } from '../../apps/common/src/mongo/testing/suite.ts';
import { findMongod } from './mongod.ts';
import { startTestServer } from './server.ts';

/** Starts the server of a test run, and stops it afterwards. Without one, prints the number of skipped tests and the reasons. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const mongod = await findMongod();
  const server = await startTestServer(mongod);
  project.provide('mongodbUri', 'uri' in server ? server.uri : undefined);
  project.provide('mongod', 'program' in mongod ? mongod.program : undefined);
  if ('kind' in server) process.stdout.write(`database tests run on ${server.kind}\n`);
  return async () => {
    if ('reasons' in mongod) process.stderr.write(skipped(project.vitest.state.getTestModules(), mongod.reasons));
    if ('stop' in server) await server.stop();
  };
}

function skipped(modules: readonly TestModule[], reasons: readonly string[]): string {
  const count = modules
    .flatMap(({ children }) => [...children.suites()])
    .reduce((sum, suite) => sum + skippedIn(suite), 0);
  return `\n!!! ${count} DATABASE TESTS WERE SKIPPED, because no server is available for them:\n${reasons.map((reason) => `!!!   ${reason}\n`).join('')}`;
}

function skippedIn(suite: TestSuite): number {
  if (!suite.name.includes(DATABASE_SUITE)) return 0;
  return [...suite.children.allTests()].filter((test) => test.result().state === 'skipped').length;
}
