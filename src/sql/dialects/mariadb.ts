import type { Dialect } from './dialect.ts';
import { mysql } from './mysql.ts';

/** MariaDB 10.6 and later. https://mariadb.com/kb/en/mariadb-vs-mysql-compatibility/ */
export const mariadb: Dialect = { ...mysql, name: 'mariadb' };
