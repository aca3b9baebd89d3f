import { expect, test } from 'vitest';
import { EitherConstraint } from '../../../workers/text/either-constraint.ts';
import { allowedBy, FakeConstraint } from './fake-constraint.ts';

test('what either allows is allowed, until a token decides', async () => {
  const [first, second] = [new FakeConstraint([[0, 1, 2]]), new FakeConstraint([[0, 3]])];
  const either = new EitherConstraint(first, second);
  expect(await allowedBy(either, 5)).toEqual([0]);
  either.accept(0);
  expect(await allowedBy(either, 5)).toEqual([1, 3]);
  either.accept(3);
  expect([first.closed, second.closed, first.accepted, second.accepted]).toEqual([1, 0, [0], [0, 3]]);
  expect(await allowedBy(either, 5)).toEqual([]);
  either.close();
  expect([first.closed, second.closed]).toEqual([1, 1]);
});

test('a token that is out for another reason counts for neither', async () => {
  const either = new EitherConstraint(new FakeConstraint([[0], [1]]), new FakeConstraint([[2]]));
  const logits = Float32Array.of(Number.NEGATIVE_INFINITY, 1, 2);
  await either.apply(logits);
  expect([...logits]).toEqual([Number.NEGATIVE_INFINITY, 1, 2]);
});
