import { expect, test } from 'vitest';
import { FairSlots, SlotsBusyError } from '../../../src/core/fair-slots.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Takes a slot, and notes when it has it. */
function taker(slots: FairSlots) {
  const entered: string[] = [];
  const take = (group: string, name = group): Promise<() => void> =>
    slots.take({ group }).then((giveBack) => {
      entered.push(name);
      return giveBack;
    });
  return { entered, take };
}

test('a group never keeps another out, and gets no slot beyond its own while others wait', async () => {
  const { entered, take } = taker(new FairSlots({ most: 2, extra: 1, mostWaiting: 100 }));
  const greedy = Array.from({ length: 24 }, (_, index) => take('greedy', `greedy ${index}`));
  await turn();
  expect(entered).toEqual(['greedy 0', 'greedy 1']);
  const giveBack = await take('honest');
  expect(entered).toEqual(['greedy 0', 'greedy 1', 'honest']);
  void take('late').then((give) => give());
  await turn();
  expect(entered).not.toContain('late');
  // The slot beyond is not the greedy group's.
  giveBack();
  await turn();
  expect(entered.slice(3)).toEqual(['late']);
  (await greedy[0]!)();
  await turn();
  expect(entered.at(-1)).toBe('greedy 2');
});

test('groups take turns, and everyone comes in the end in the order of the group', async () => {
  const { entered, take } = taker(new FairSlots({ most: 1, extra: 0, mostWaiting: 100 }));
  const first = await take('a', 'a0');
  const all = [
    ...['a1', 'a2', 'a3'].map((name) => take('a', name)),
    ...['b1', 'b2'].map((name) => take('b', name)),
    take('c', 'c1'),
  ];
  for (const taken of all) void taken.then((giveBack) => giveBack());
  first();
  await Promise.all(all);
  expect(entered).toEqual(['a0', 'a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

test('never more than all slots, whatever comes and goes', async () => {
  const slots = new FairSlots({ most: 2, extra: 2, mostWaiting: 100 });
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const giveBack = await slots.take({ group: String(index % 7) });
      most = Math.max(most, ++inside);
      await turn();
      inside--;
      giveBack();
      giveBack();
    }),
  );
  expect(most).toBe(4);
  expect(inside).toBe(0);
});

test('who gives up leaves the queue, and too many of a group are refused', async () => {
  const slots = new FairSlots({ most: 1, extra: 0, mostWaiting: 2 });
  const giveBack = await slots.take({ group: 'a' });
  const impatient = new AbortController();
  const given = slots.take({ group: 'a', signal: impatient.signal });
  const patient = slots.take({ group: 'a' });
  await expect(slots.take({ group: 'a' })).rejects.toThrow(SlotsBusyError);
  const other = slots.take({ group: 'b' });
  impatient.abort(new Error('gone'));
  await expect(given).rejects.toThrow('gone');
  giveBack();
  (await patient)();
  (await other)();
  await expect(slots.take({ group: 'a', signal: impatient.signal })).rejects.toThrow('gone');
  (await slots.take({ group: 'a' }))();
});
