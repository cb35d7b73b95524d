/** A small table with what goes wrong in real ones: nulls, duplicates, ties, odd text, day edges. */
export const shopColumns = {
  id: 'integer',
  user_id: 'integer',
  status: 'string',
  paid: 'boolean',
  amount: 'integer',
  discount: 'integer',
  note: 'string',
  created_at: 'timestamp',
  latitude: 'integer',
  longitude: 'integer',
} as const;

export const shopRows = [
  [1, 42, 'new', true, 100, 0, 'first', '2024-01-01 00:00:00', 52, 13],
  [2, 42, 'new', false, 40, 10, null, '2024-01-01 23:59:59', 52, 13],
  [3, 42, 'closed', true, 10, 0, '100% sure_thing', '2024-01-02 00:00:00', 48, 11],
  [4, 7, 'closed', true, 60, 0, "it's", '2024-01-31 12:00:00', 48, 11],
  [5, 7, null, false, null, null, 'back\\slash', '2024-02-29 12:30:00', 1, 2],
  [6, 0, 'new', true, 20, 6, 'FIRST', '2024-03-31 01:30:00', 1, 2],
  [7, 0, 'shipped', null, 20, 0, '', '2024-12-31 23:30:00', 1, 2],
  [8, null, 'shipped', true, 5, 1, 'orphan', '2025-01-01 00:30:00', 0, 0],
] as const;
