import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { Fault } from '../../../charts/fault.ts';

/** The first bytes of a 64-bit little-endian ELF file. */
const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
const HEADER_SIZE = 64;

/** Offsets in the header of the file, and in that of a segment. */
const FILE = { segments: 32, sections: 40, segmentSize: 54, segmentCount: 56, sectionCount: 60, sectionNames: 62 };
const SEGMENT = { offset: 8, size: 32 };

/**
 * Cuts off what is behind the last segment of a program: symbols, debug information and the list of sections, which only
 * debuggers read. `strip` would do the same, but not every machine has it.
 * @throws Fault if the file is not a 64-bit ELF program
 */
export function strip(path: string): void {
  const file = openSync(path, 'r+');
  try {
    const header = read(file, 0, HEADER_SIZE);
    if (!header.subarray(0, MAGIC.length).equals(MAGIC))
      throw new Fault({
        what: 'only 64-bit little-endian ELF programs can be stripped',
        where: path,
        seen: `the first bytes ${header.subarray(0, MAGIC.length).toString('hex')}`,
        fix: 'do not strip it in test/lab/images',
      });
    const start = Number(header.readBigUInt64LE(FILE.segments));
    const size = header.readUInt16LE(FILE.segmentSize);
    const count = header.readUInt16LE(FILE.segmentCount);
    let end = start + size * count;
    for (let n = 0; n < count; n++) {
      const segment = read(file, start + n * size, size);
      const last = segment.readBigUInt64LE(SEGMENT.offset) + segment.readBigUInt64LE(SEGMENT.size);
      end = Math.max(end, Number(last));
    }
    header.writeBigUInt64LE(0n, FILE.sections);
    header.writeUInt16LE(0, FILE.sectionCount);
    header.writeUInt16LE(0, FILE.sectionNames);
    writeSync(file, header, 0, HEADER_SIZE, 0);
    ftruncateSync(file, end);
  } finally {
    closeSync(file);
  }
}

function read(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, position);
  return bytes;
}
