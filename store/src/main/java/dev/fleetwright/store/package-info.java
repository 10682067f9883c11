/// Everything that is kept: SQL for what changes, files for content.
///
/// [Database] is the way in. One class per aggregate holds that aggregate's SQL, said once for
/// SQLite and PostgreSQL; domain types are never serialised as they are, but put into rows, JSON or
/// canonical bytes by hand, and read back strictly.
@NullMarked
package dev.fleetwright.store;

import org.jspecify.annotations.NullMarked;
