import { ORDER } from './quiet/order.ts';
import { RESTARTS } from './quiet/restarts.ts';
import { SCALING } from './quiet/scaling.ts';

/** What the text of a change does not show. */
export const QUIET = [...ORDER, ...SCALING, ...RESTARTS];
