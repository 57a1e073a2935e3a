import { Fault } from '../../charts/fault.ts';
import { misuse, select } from '../unknown.ts';
import type { Workspace } from '../synth.ts';
import { carryOut } from './carry-out.ts';
import { removeClusters } from './clusters.ts';
import { clustersIn } from './lists.ts';
import { removeComponents } from './components.ts';
import { removeSections, sectionsIn } from './sections.ts';
import { removeServices, servicesIn, servicesOn } from './services.ts';
import { Sources } from './sources.ts';

/** What `slipway remove` removes. */
export const REMOVABLE = ['cluster', 'service', 'section', 'component'] as const;

/**
 * `slipway remove cluster|service|section|component NAME…`: every edit that it needs, and renders.
 *
 * @throws Fault for unknown names, or what would be left without a cluster or a database
 */
export async function remove(
  workspace: Workspace,
  [what, ...names]: readonly [(typeof REMOVABLE)[number], ...string[]],
): Promise<string> {
  const sources = new Sources(workspace.root);
  if (names.length === 0) throw new Fault(misuse(`no ${what} was named`, what, `slipway remove ${what} NAME…`));
  REMOVALS[what](sources, names);
  const next = what === 'component' ? '\nnpm run check names what is left of it, if anything is' : '';
  return `${await carryOut(workspace, sources)}${next}\nArgo CD deletes what this removes once it is merged: \`npx slipway plan\` says what goes`;
}

const REMOVALS: Readonly<Record<(typeof REMOVABLE)[number], (sources: Sources, names: readonly string[]) => void>> = {
  cluster(sources, names) {
    const all = clustersIn(sources);
    const chosen = select('there is no cluster', all, names);
    if (chosen.length === all.length)
      throw new Fault(misuse('no cluster would be left', names.join(' '), 'keep one: a fleet has one at least'));
    removeClusters(sources, chosen);
  },
  service(sources, names) {
    removeServices(sources, select('there is no service', servicesIn(sources), names));
  },
  section(sources, names) {
    const chosen = select('no cluster has a section', sectionsIn(sources), names);
    for (const section of chosen) {
      const services = servicesOn(sources, section);
      if (services.length > 0)
        throw new Fault(
          misuse(
            `${services.join(', ')} would lose ${services.length === 1 ? 'its' : 'their'} database`,
            section,
            `first: npx slipway remove service ${services.join(' ')}`,
          ),
        );
    }
    removeSections(sources, chosen);
  },
  component: removeComponents,
};
