import { CLUSTER_COMMANDS } from './clusters.ts';
import { FORK } from './fork.ts';
import { HOLDS } from './holds.ts';
import { PROMOTION } from './promotion.ts';
import { RENDER } from './render.ts';
import { REVIEW } from './review.ts';
import { shellCommands } from './shell.ts';
import { type Table, tableOf } from './table.ts';
import { VERSIONS } from './versions.ts';

/** All subcommands, in the groups and the order of `slipway --help`. */
export const GROUPS: Table = {
  Render: RENDER,
  Review: REVIEW,
  'Ring to ring': PROMOTION,
  'Back and hold': HOLDS,
  'One cluster': CLUSTER_COMMANDS,
  'A fork': FORK,
  'Over the network': VERSIONS,
  'This command': shellCommands(() => GROUPS),
};

/** All subcommands by their names. */
export const SUBCOMMANDS = tableOf(GROUPS);
