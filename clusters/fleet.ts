import type { Repository } from '../charts/applications.ts';

/** What every cluster syncs from. A fork changes this one place, then renders. */
export const repository: Repository = {
  url: 'https://github.com/example/slipway.git',
  revision: 'main',
};
