/// One contract per port, run on SQLite and on PostgreSQL.
@NullMarked
package dev.fleetwright.store;

import org.jspecify.annotations.NullMarked;
