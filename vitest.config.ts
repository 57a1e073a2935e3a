import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Packages of this workspace by their sources, so that nothing must be built to test them.
const conditions = ['source', 'node'];

// Tests share no state; one module graph for all of a project is several times faster.
const isolate = false;

// Tests of services, and those that start processes, mostly wait, so even one processor has work for two.
const maxWorkers = Math.max(2, availableParallelism() - 1);

/** What all runs of tests have. */
export const SHARED = { isolate, maxWorkers };

/** Tests that start a process or a browser, or render a whole repository, for each case: `npm run test:slow`. */
export const SLOW = [
  'charts/components/postfacto/postgres-programs.test.ts',
  'test/bootstrap/runbook/runbook.test.ts',
  'test/cli/bundle.test.ts',
  'test/cli/cloud/program.test.ts',
  'test/cli/cloud/aws.test.ts',
  'test/cli/cloud/azure.test.ts',
  'test/cli/code.test.ts',
  'test/cli/completion.test.ts',
  'test/cli/dist-faults.test.ts',
  'test/cli/exit.test.ts',
  'test/cli/git.test.ts',
  'test/cli/holds.test.ts',
  'test/cli/json.test.ts',
  'test/cli/merge.test.ts',
  'test/cli/mistakes.test.ts',
  'test/cli/pin.test.ts',
  'test/cli/promote-refusals.test.ts',
  'test/cli/promote.test.ts',
  'test/cli/publish.test.ts',
  'test/cli/rollback.test.ts',
  'test/cli/slipway.test.ts',
  'test/cli/upgrade.test.ts',
  'test/databases/mongo-dumps.test.ts',
  'test/databases/mongo-programs.test.ts',
  'test/docs/tour.test.ts',
  'test/docs/web-application.test.ts',
  'test/lab/acme.test.ts',
  'test/lab/build.test.ts',
  'test/lab/git.test.ts',
  'test/lab/growing-kit.test.ts',
  'test/lab/images/grafana.test.ts',
  'test/plan/git.test.ts',
  'test/plan/page.test.ts',
  'test/workflows/images.test.ts',
  'test/workflows/pin-image.test.ts',
  'test/workflows/registry-login.test.ts',
  'test/workflows/roll-back-change.test.ts',
  'test/workflows/scripts.test.ts',
  'test/workflows/services.test.ts',
  'test/workflows/terraform-apply.test.ts',
  'test/workflows/terraform-destroy-killed.test.ts',
  'test/workflows/terraform-destroy.test.ts',
  'test/workflows/terraform-drift.test.ts',
  'test/workflows/terraform-scripts.test.ts',
  'test/workflows/terraform-providers.test.ts',
];

export default defineConfig({
  test: {
    maxWorkers,
    coverage: {
      include: ['apps/*/src/**/*.ts'],
      // What starts a process is run by the tests of images, in processes of their own.
      exclude: ['**/*.spec.ts', '**/testing/**', 'apps/*/src/main.ts'],
      reporter: ['text', 'json-summary'],
      thresholds: Object.fromEntries(
        readdirSync(join(import.meta.dirname, 'apps'), { withFileTypes: true })
          .filter((entry) => entry.isDirectory() && existsSync(join(entry.parentPath, entry.name, 'package.json')))
          .map(({ name }) => [`apps/${name}/src/**`, { lines: 90 }]),
      ),
    },
    projects: [
      {
        test: {
          name: 'fleet',
          include: ['charts/**/*.test.ts', 'test/**/*.test.ts'],
          // Images take minutes to build, and what starts a process for each test takes one; they have runs of their own.
          exclude: ['test/contract/**', 'test/offline/images/**', ...SLOW],
          isolate,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions, externalConditions: conditions } },
        test: {
          name: 'apps',
          include: ['apps/*/src/**/*.spec.ts'],
          globalSetup: ['test/databases/setup.ts'],
          isolate,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
