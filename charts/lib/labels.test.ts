import { describe, expect, it } from 'vitest';
import { versionLabel } from './labels.ts';

describe('versionLabel', () => {
  const DIGEST = `sha256:${'0'.repeat(64)}`;

  it.each([
    ['docker.io/library/mongo:8.0.29', '8.0.29'],
    ['localhost:5000/hello:1.0.0', '1.0.0'],
    [`ghcr.io/x/y:v2.9.0@${DIGEST}`, 'v2.9.0'],
    ['docker.io/library/postgres:17.11-trixie', '17.11-trixie'],
    ['x:_1.0-', '1.0'],
    [`x:${'a'.repeat(62)}-b`, 'a'.repeat(62)],
  ])('of %s is %s', (image, version) => {
    expect(versionLabel(image)).toEqual({ 'app.kubernetes.io/version': version });
  });

  it.each(['localhost:5000/hello', `x@${DIGEST}`])('of %s is none', (image) => {
    expect(versionLabel(image)).toEqual({});
  });
});
