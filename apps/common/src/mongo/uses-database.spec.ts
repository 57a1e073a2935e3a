import { Controller, type DynamicModule, Get, Module, NotFoundException, Param } from '@nestjs/common';
import { mongo } from 'mongoose';
import request from 'supertest';
import { afterEach, it } from 'vitest';
import type { Service } from '../app.ts';
import { baseSettings } from '../settings.ts';
import { type RunningService, startService } from '../testing/index.ts';
import { Database } from './database.ts';
import { UsesDatabase } from './uses-database.ts';

const ERRORS: Readonly<Record<string, () => Error>> = {
  'a socket that its member has just closed': () =>
    Object.assign(new Error('ended by the other party'), { code: 'EPIPE' }),
  'no primary': () => new mongo.MongoServerSelectionError('timed out', {} as never),
  'a mistake': () => new Error('a mistake'),
  'a missing thing': () => new NotFoundException('No such thing.'),
};

@Controller('things')
@UsesDatabase()
class ThingsController {
  @Get(':error')
  get(@Param('error') error: string): never {
    throw ERRORS[error]!();
  }
}

@Module({})
class ThingsModule {}

const database = { mayAnswer: true };
const service: Service = { name: 'things', version: '1.2.3', title: 'Things', settings: baseSettings };
const things = (): DynamicModule => ({
  module: ThingsModule,
  controllers: [ThingsController],
  providers: [{ provide: Database, useValue: database }],
});

let running: RunningService;
afterEach(() => running.close());

it.each([
  ['a socket that its member has just closed', 503],
  ['no primary', 503],
  ['a mistake', 500],
  ['a missing thing', 404],
])('%s answers %s', async (error, status) => {
  running = await startService(things, service);
  await request(running.server).get(`/things/${error}`).expect(status);
});

it('a database that cannot answer is not asked', async () => {
  running = await startService(things, service);
  database.mayAnswer = false;
  await request(running.server).get('/things/a%20mistake').expect(503);
  database.mayAnswer = true;
});
