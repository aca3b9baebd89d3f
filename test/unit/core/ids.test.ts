import { expect, test } from 'vitest';
import { echoableId, newId, newRequestId } from '../../../src/core/ids.ts';

test('ids carry their prefix and differ', () => {
  expect(newRequestId()).toMatch(/^req_[0-9a-f]{24}$/);
  expect(newId('chatcmpl', '-')).toMatch(/^chatcmpl-[0-9a-f]{24}$/);
  expect(newRequestId()).not.toBe(newRequestId());
});

test('only short and safe client ids are echoed', () => {
  expect(echoableId('trace-1:a.b')).toBe('trace-1:a.b');
  for (const bad of [undefined, '', 'a b', 'a\nb', 'x'.repeat(129)]) expect(echoableId(bad)).toBeUndefined();
});
