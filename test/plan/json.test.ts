import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { json, planJsonSchema } from '../../cli/plan/json.ts';
import { EXAMPLE } from './example.ts';

const SCHEMA = join(import.meta.dirname, '../../docs/plan.schema.json');

test('the published schema is that of the model: write it with `npx vitest run test/plan/json.test.ts -u`', async () => {
  await expect(planJsonSchema()).toMatchFileSnapshot(SCHEMA);
});

test('the published schema takes a plan, and nothing else', () => {
  const published = z.fromJSONSchema(
    JSON.parse(readFileSync(SCHEMA, 'utf8')) as Parameters<typeof z.fromJSONSchema>[0],
  );
  const plan = JSON.parse(json(EXAMPLE)) as typeof EXAMPLE;
  expect(published.safeParse(plan).success).toBe(true);
  expect(published.safeParse({ ...plan, version: 2 }).success).toBe(false);
  expect(published.safeParse({ ...plan, other: true }).success).toBe(false);
});

test('the JSON is the plan', () => {
  expect(JSON.parse(json(EXAMPLE))).toEqual(JSON.parse(JSON.stringify(EXAMPLE)));
});
