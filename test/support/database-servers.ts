/** PostgreSQL at `PGHOST` and `PGPORT`, as `PGUSER` or `postgres`. */
export const postgresServer = {
  host: process.env['PGHOST'] ?? '127.0.0.1',
  port: Number(process.env['PGPORT'] ?? 5432),
  user: process.env['PGUSER'] ?? 'postgres',
};

/** MariaDB at `MYSQL_HOST` and `MYSQL_PORT`, as `MYSQL_USER` or `root`. */
export const mysqlServer = {
  host: process.env['MYSQL_HOST'] ?? '127.0.0.1',
  port: Number(process.env['MYSQL_PORT'] ?? 3306),
  user: process.env['MYSQL_USER'] ?? 'root',
};
