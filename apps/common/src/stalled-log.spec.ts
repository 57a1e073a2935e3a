import { execFileSync } from 'node:child_process';
import { close, closeSync, createReadStream, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startProcess, type ServiceProcess } from './testing/process.ts';

/** The service's standard output: a pipe that nobody reads until `read`. */
let folder: string;
let pipe: string;
/** Keeps the pipe open without reading it. */
let holder: number;
let service: ServiceProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stalled-log-'));
  pipe = join(folder, 'stdout');
  execFileSync('mkfifo', [pipe]);
  holder = openSync(pipe, 'r+');
  const writer = openSync(pipe, 'w');
  service = await startProcess('whoami', writer);
  closeSync(writer);
});

afterEach(async () => {
  service.child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Reads the log to its end. */
async function read(): Promise<Record<string, unknown>[]> {
  const stream = createReadStream(pipe);
  stream.once('open', () => close(holder, () => {}));
  const lines: Record<string, unknown>[] = [];
  for await (const line of createInterface(stream)) lines.push(JSON.parse(line) as Record<string, unknown>);
  return lines;
}

/** Sends requests, each of which logs a line of about 250 bytes. */
async function request(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 50) {
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => fetch(`http://127.0.0.1:${service.port}/status`)),
    );
    for (const response of responses) expect(await response.text()).toBe('{"result":"success"}');
  }
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
}

it('GET /livez answers within a second, at an idle CPU, while nobody reads the log; what was dropped is counted', async () => {
  await request(6000);
  const dropped = await metric('log_lines_dropped_total');
  expect(dropped).toBeGreaterThan(500);
  const before = await metric('process_cpu_seconds_total');
  for (let i = 0; i < 5; i += 1) {
    const { status } = await fetch(`http://127.0.0.1:${service.port}/livez`, { signal: AbortSignal.timeout(1000) });
    expect(status).toBe(200);
    await sleep(400);
  }
  expect((await metric('process_cpu_seconds_total')) - before).toBeLessThan(0.5);

  const reading = read();
  await sleep(200);
  await request(100);
  expect(await service.stop()).toBe(0);
  const lines = await reading;
  const gaps = lines.filter(({ message }) => String(message).startsWith('lines were dropped'));
  expect(gaps).toMatchObject([{ level: 'warn', lines: dropped }]);
  expect(lines.filter(({ message }) => message === 'request')).toHaveLength(6100 - dropped);
});

it('SIGTERM loses no line while the reader of the log is slow', async () => {
  await request(1000);
  const stopped = service.stop();
  await sleep(300);
  const lines = await read();
  expect(await stopped).toBe(0);
  expect(lines.filter(({ message }) => message === 'request')).toHaveLength(1000);
  expect(lines.at(-1)).toMatchObject({ message: 'stopped' });
});

it('SIGTERM ends the service if nobody reads the log', async () => {
  await request(1000);
  const start = performance.now();
  expect(await service.stop()).toBe(0);
  expect(performance.now() - start).toBeLessThan(5000);
  closeSync(holder);
});
