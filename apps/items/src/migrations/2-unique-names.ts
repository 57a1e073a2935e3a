import type { Migration } from '@slipway/common/mongo';

export const uniqueNames: Migration = {
  version: 2,
  name: 'unique-names',
  async up(database) {
    await database.collection('items').createIndex({ name: 1 }, { unique: true, name: 'name' });
  },
};
