package dev.fleetwright.store;

/// Where the two databases need different words. Everything else is said once for both.
enum Dialect {
  /// One process, one writer at a time: rows need no locks.
  SQLITE("", "", "0"),
  POSTGRESQL(" FOR UPDATE", " FOR UPDATE SKIP LOCKED", "pg_current_xact_id()::text::bigint");

  /// Ends a query whose rows are about to be changed.
  final String forUpdate;

  /// Ends a query that takes one of many rows, whichever nobody else is taking.
  final String skipLocked;

  /// The id of the transaction, where one can be asked later what became of it; else 0.
  final String transaction;

  Dialect(String forUpdate, String skipLocked, String transaction) {
    this.forUpdate = forUpdate;
    this.skipLocked = skipLocked;
    this.transaction = transaction;
  }
}
