/** Tables of a small store, with what joins go wrong on: nulls, orphans, duplicates, empty sides. */
export const storeTables = {
  store_regions: {
    columns: { name: 'string', country: 'string' },
    rows: [
      ['north', 'NO'],
      ['south', 'ES'],
      ['west', null],
    ],
  },
  store_customers: {
    columns: {
      id: 'integer',
      name: 'string',
      age: 'integer',
      region: 'string',
      referred_by: 'integer',
    },
    rows: [
      [1, 'Ada', 36, 'north', null],
      [2, 'Bo', 17, 'north', 1],
      [3, 'Cy', 50, 'south', 1],
      [4, 'Di', null, null, 3],
      [5, 'Ada', 20, 'nowhere', 99],
    ],
  },
  store_warehouses: {
    columns: { name: 'string', region: 'string' },
    rows: [
      ['A', 'south'],
      ['B', null],
    ],
  },
  store_orders: {
    columns: {
      id: 'integer',
      customer_id: 'integer',
      warehouse: 'string',
      shop: 'string',
      status: 'string',
      shipping: 'integer',
      created_at: 'timestamp',
    },
    rows: [
      [1, 1, 'A', 'web', 'open', 5, '2024-01-05 10:00:00'],
      [2, 1, 'A', 'web', 'done', 7, '2024-01-31 23:59:59'],
      [3, 2, 'B', 'street', 'open', null, '2024-02-01 00:00:00'],
      [4, 3, null, 'web', null, 9, '2024-02-10 12:00:00'],
      [5, null, 'A', 'street', 'done', 4, null],
      [6, 77, 'C', 'web', 'open', 2, '2024-03-01 00:00:00'],
    ],
  },
  store_products: {
    columns: { id: 'integer', name: 'string', price: 'integer' },
    rows: [
      [1, 'pen', 2],
      [2, 'book', 10],
      [3, 'lamp', null],
    ],
  },
  store_line_items: {
    columns: {
      order_id: 'integer',
      position: 'integer',
      product_id: 'integer',
      quantity: 'integer',
    },
    rows: [
      [1, 1, 1, 3],
      [1, 2, 2, 1],
      [2, 1, 1, 10],
      [3, 1, 3, 2],
      [3, 2, 2, null],
      [4, 1, 9, 4],
      [88, 1, 2, 6],
    ],
  },
  store_refunds: {
    columns: { order_id: 'integer', amount: 'integer', reason: 'string' },
    rows: [
      [1, 3, 'late'],
      [1, 2, 'late'],
      [2, 7, null],
      [99, 1, 'late'],
      [null, 4, 'lost'],
    ],
  },
  store_notes: { columns: { text: 'string' }, rows: [['hello']] },
} as const;
