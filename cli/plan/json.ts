import { z } from 'zod';
import { type Plan, planSchema } from '../../charts/plan/model.ts';

/** The plan for programs: the model as it is, described by `docs/plan.schema.json`. */
export function json(plan: Plan): string {
  return JSON.stringify(plan, null, 2);
}

/** The text of `docs/plan.schema.json`. */
export function planJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(planSchema), null, 2)}\n`;
}
