import { describe, expect, it } from 'vitest';
import { addressOf, repositorySchema } from './repository.ts';

const PAGE = 'docs/runbooks/nodes.md';

describe('the address of a file', () => {
  it.each([
    ['https://github.com/example/fleet.git', 'https://github.com/example/fleet/blob/main/'],
    ['https://github.com/example/fleet', 'https://github.com/example/fleet/blob/main/'],
    ['https://github.com/example/fleet/', 'https://github.com/example/fleet/blob/main/'],
    ['https://robot@github.com/example/fleet.git', 'https://github.com/example/fleet/blob/main/'],
    ['https://git.example.com:8443/team/fleet.git', 'https://git.example.com:8443/team/fleet/blob/main/'],
    ['https://gitlab.com/group/sub/fleet.git', 'https://gitlab.com/group/sub/fleet/-/blob/main/'],
    ['https://gitlab.example.com/group/fleet.git', 'https://gitlab.example.com/group/fleet/-/blob/main/'],
    ['ssh://git@github.com/example/fleet.git', 'https://github.com/example/fleet/blob/main/'],
    ['ssh://git@git.example.com:2222/team/fleet.git', 'https://git.example.com/team/fleet/blob/main/'],
    ['ssh://git@ssh.github.com:443/example/fleet.git', 'https://github.com/example/fleet/blob/main/'],
    ['ssh://git@altssh.gitlab.com:443/group/fleet.git', 'https://gitlab.com/group/fleet/-/blob/main/'],
    ['git@github.com:example/fleet.git', 'https://github.com/example/fleet/blob/main/'],
    ['git@gitlab.com:group/sub/fleet.git', 'https://gitlab.com/group/sub/fleet/-/blob/main/'],
    ['git@git.example.com:1234/fleet.git', 'https://git.example.com/1234/fleet/blob/main/'],
    ['git@git.example.com:/srv/fleet.git', 'https://git.example.com/srv/fleet/blob/main/'],
  ])('in %s is below %s', (url, address) => {
    const repository = repositorySchema.parse({ url, revision: 'main' });
    expect(addressOf(repository, PAGE)).toBe(`${address}${PAGE}`);
  });

  it('in a repository on a laptop is its path: no server shows it', () => {
    expect(addressOf(repositorySchema.parse({ url: 'file:///srv/fleet.git', revision: 'main' }), PAGE)).toBe(PAGE);
  });

  it.each([
    ['release/1.2', 'release/1.2'],
    ['fix#7', 'fix%237'],
    ['4f2a9c1', '4f2a9c1'],
  ])('of the revision %s has %s', (revision, part) => {
    expect(addressOf(repositorySchema.parse({ url: 'https://github.com/example/fleet', revision }), PAGE)).toBe(
      `https://github.com/example/fleet/blob/${part}/${PAGE}`,
    );
  });
});
