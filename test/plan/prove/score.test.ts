import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../../charts/lib/manifest.ts';
import { deployment, service } from '../objects.ts';
import { scoreOf } from './score.ts';
import type { Answer } from './server.ts';

const refused = (atCreation: boolean): Answer => ({ outcome: 'refused', message: 'no', atCreation });
const accepted = (stored: Manifest, result: Manifest): Answer => ({ outcome: 'accepted', stored, result });
const one = service();
const other = { ...one, spec: { ...(one['spec'] as object), type: 'NodePort' } };
const live = { ...one, metadata: { ...one.metadata, generation: 4 }, status: {} };

describe('scoreOf', () => {
  test('a refusal', () => {
    expect(scoreOf('refused', refused(false))).toBe('refused, and so planned');
    expect(scoreOf('update', refused(false))).toBe('refused, and not planned');
    expect(scoreOf('update', refused(true))).toBe('refused at creation too');
  });

  test('what is accepted', () => {
    expect(scoreOf('refused', accepted(one, other))).toBe('accepted, and planned as refused');
    expect(scoreOf('update', accepted(one, other))).toBe('accepted, and shown');
    expect(scoreOf('same', accepted(one, other))).toBe('a change that is planned as the same');
    expect(scoreOf('same', accepted(one, live))).toBe('accepted, and planned as the same');
    expect(scoreOf('update', accepted(one, live))).toBe('no change, and shown');
  });

  test('pods are replaced exactly if their template differs', () => {
    const [was, is] = [deployment(), deployment({ image: 'registry.example/app:3' })];
    expect(scoreOf('restart', accepted(was, is))).toBe('accepted, and shown');
    expect(scoreOf('update', accepted(was, is))).toBe('pods replaced, and not planned');
    expect(scoreOf('restart', accepted(was, was))).toBe('pods kept, and planned as replaced');
  });
});
