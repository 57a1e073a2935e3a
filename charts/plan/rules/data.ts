import { BACKUP_PLACES } from './data/backup-places.ts';
import { SCHEDULES } from './data/backups.ts';
import { CASCADES } from './data/cascades.ts';
import { PROTECTION } from './data/protection.ts';
import { STORED_SECRETS } from './data/secrets.ts';
import { VOLUME_SETS } from './data/sets.ts';
import { VOLUMES } from './data/volumes.ts';

/** What loses data, or leaves them without protection or backup. */
export const DATA = [
  ...VOLUMES,
  ...VOLUME_SETS,
  ...CASCADES,
  ...PROTECTION,
  ...SCHEDULES,
  ...BACKUP_PLACES,
  ...STORED_SECRETS,
];
