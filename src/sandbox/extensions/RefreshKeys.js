// The reference's extension `RefreshKeys`.

/** A refresh key for partitions: `value` is SQL, read anew while a partition can still change. */
export function immutablePartitionedRollupKey(value) {
  return { sql: `SELECT ${value}` };
}

export default { immutablePartitionedRollupKey };
