import { accessSync, constants } from 'node:fs';
import { platform } from 'node:os';
import { delimiter, join } from 'node:path';
import { Fault } from '../../../charts/fault.ts';

/** Programs that real nodes need besides those that are built, with the Debian packages that have them. */
const PROGRAMS: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  ip: 'iproute2',
  nft: 'nftables',
  iptables: 'iptables',
  ipset: 'ipset',
  conntrack: 'conntrack',
  cc: 'gcc',
  strip: 'binutils',
  'mkfs.xfs': 'xfsprogs',
};

/** @throws Fault in one sentence on machines that cannot have real nodes */
export function requireRealNodes(): void {
  const where = 'lab with real nodes';
  const fix = 'leave out --real for simulated nodes, or use a Linux machine as root';
  if (platform() !== 'linux') throw new Fault({ what: 'real nodes need Linux', where, seen: platform(), fix });
  if (process.getuid?.() !== 0)
    throw new Fault({
      what: 'real nodes need root, to make namespaces',
      where,
      seen: `user ${process.getuid?.()}`,
      fix,
    });
  const missing = Object.keys(PROGRAMS).filter((name) => !isOnPath(name));
  const packages = [...new Set(missing.map((name) => PROGRAMS[name]))];
  if (!hasSeccomp()) packages.push('libseccomp-dev');
  if (packages.length > 0)
    throw new Fault({
      what: `real nodes need ${[...missing, ...(hasSeccomp() ? [] : ['the headers of libseccomp'])].join(', ')}`,
      where,
      fix: `install them; on Debian and Ubuntu: apt-get install ${packages.join(' ')}`,
    });
}

function isOnPath(name: string): boolean {
  return `${process.env['PATH']}:/usr/sbin:/sbin`.split(delimiter).some((folder) => isThere(join(folder, name)));
}

/** runc is linked with it. */
function hasSeccomp(): boolean {
  return ['/usr/include/seccomp.h', '/usr/local/include/seccomp.h'].some(isThere);
}

function isThere(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
