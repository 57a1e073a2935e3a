import type { Repository } from '../../charts/applications.ts';

/** The repository that the clusters of the test fleet sync from. */
export const repository: Repository = {
  url: 'https://git.example.net/tests/fleet.git',
  revision: 'main',
};
