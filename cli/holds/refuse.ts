import { throwIfAny } from '../../charts/fault.ts';
import type { Plan } from '../../charts/plan/model.ts';

/** A volume that a newer version wrote to is not read by an older one. */
const NEVER = 'SLP-data-older';

/** @throws Fault for what does not go back: data, and what the API server refuses */
export function refuse({ entries }: Plan): void {
  throwIfAny(
    entries.flatMap(({ object, verdict, findings, clusters }) => {
      const data = findings.find(({ rule }) => rule === NEVER);
      if (verdict !== 'refused' && !data) return [];
      const said = data ?? findings[0];
      return [
        {
          what: data ? data.says : `${object} does not go back: ${said?.says ?? 'the API server refuses it'}`,
          where: clusters.join(', '),
          fix: said?.instead ?? 'go to a commit that the API server takes',
        },
      ];
    }),
  );
}
