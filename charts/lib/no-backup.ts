/** Annotation of a claim that is not backed up; the value is the reason. */
export const NO_BACKUP = 'slipway.dev/no-backup-because';

/** Label of a claim that has that annotation: backups skip what it is on, even where they copy all other volumes of its namespace. */
export const SKIPPED: Readonly<Record<string, string>> = { 'slipway.dev/backup': 'none' };
