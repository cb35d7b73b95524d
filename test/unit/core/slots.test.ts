import { expect, test } from 'vitest';
import { Slots } from '../../../src/core/slots.ts';

test('never more than so many at once, and everyone in the end', async () => {
  const slots = new Slots(3);
  let inside = 0;
  let most = 0;
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const giveBack = await slots.take();
      most = Math.max(most, ++inside);
      order.push(index);
      await new Promise((resolve) => setTimeout(resolve, index % 3));
      inside--;
      giveBack();
      giveBack();
    }),
  );
  expect(most).toBe(3);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test('who gives up leaves the queue, and the next one comes', async () => {
  const slots = new Slots(1);
  const giveBack = await slots.take();
  const impatient = new AbortController();
  const given = slots.take(impatient.signal);
  const patient = slots.take();
  expect(slots.waiting).toBe(2);
  impatient.abort(new Error('gone'));
  await expect(given).rejects.toThrow('gone');
  expect(slots.waiting).toBe(1);
  giveBack();
  (await patient)();
  await expect(slots.take(impatient.signal)).rejects.toThrow('gone');
  (await slots.take())();
});
