import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../charts/fault.ts';
import { type Account, accounts, NONROOT, writableByAll } from './debian.ts';
import { digestOf, type Layer } from './image.ts';

/** Where Debian, Ubuntu and Alpine have all certificates in one file, and where Go looks for it. */
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/** The machine's certificates, and `/tmp`. */
const certificates: Layer = {
  name: 'certificates',
  key: () => digestOf(bundle()),
  write(root) {
    mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
    writeFileSync(join(root, BUNDLE), bundle());
    writableByAll(join(root, 'tmp'));
  },
};

/** What a program needs that is linked with no library: certificates, users and `/tmp`. */
export function base(user: Account = NONROOT): readonly Layer[] {
  return [certificates, accounts(user)];
}

function bundle(): string {
  if (existsSync(BUNDLE)) return readFileSync(BUNDLE, 'utf8');
  throw new Fault({
    what: 'this machine has no file with certificates, which images of programs get',
    where: BUNDLE,
    fix: 'install ca-certificates',
  });
}
