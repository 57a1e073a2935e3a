import type { Repository } from '../../charts/applications.ts';

/** What the clusters of product tests sync from. */
export const repository: Repository = {
  url: 'https://git.example.net/tests/fleet.git',
  revision: 'main',
};
