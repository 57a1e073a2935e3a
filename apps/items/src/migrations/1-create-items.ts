import type { Migration } from '@slipway/common/mongo';
import { mongo } from 'mongoose';

const NAMESPACE_EXISTS = 48;

/** Schema that the database enforces, whatever client writes. */
const validator = {
  $jsonSchema: {
    bsonType: 'object',
    required: ['name', 'createdAt'],
    properties: {
      name: { bsonType: 'string', minLength: 1 },
      description: { bsonType: 'string' },
      createdAt: { bsonType: 'date' },
    },
  },
};

export const createItems: Migration = {
  version: 1,
  name: 'create-items',
  async up(database) {
    try {
      await database.createCollection('items', { validator });
    } catch (error) {
      // Created by a replica that died before it recorded the migration.
      if (!(error instanceof mongo.MongoServerError && error.code === NAMESPACE_EXISTS)) throw error;
    }
  },
};
