/** People and their bosses, who are people: one above all, one whose boss has left, and namesakes. */
export const staffTables = {
  staff: {
    columns: {
      id: 'integer',
      name: 'string',
      boss_id: 'integer',
      office: 'string',
      pay: 'integer',
    },
    rows: [
      [1, 'Ann', null, 'Oslo', 100],
      [2, 'Bob', 1, 'Oslo', 60],
      [3, 'Cid', 1, 'Rome', 50],
      [4, 'Dot', 2, 'Rome', 30],
      [5, 'Dot', 2, 'Oslo', 20],
      [6, 'Eli', 99, null, 10],
    ],
  },
} as const;
