package dev.fleetwright.store;

/// Where the two databases need different words. Everything else is said once for both.
enum Dialect {
  /// One process, one writer at a time: rows need no locks.
  SQLITE("", "", "0", "instr"),
  POSTGRESQL(
      " FOR UPDATE", " FOR UPDATE SKIP LOCKED", "pg_current_xact_id()::text::bigint", "strpos");

  /// Ends a query whose rows are about to be changed.
  final String forUpdate;

  /// Ends a query that takes one of many rows, whichever nobody else is taking.
  final String skipLocked;

  /// The id of the transaction, where one can be asked later what became of it; else 0.
  final String transaction;

  /// The function that says where in a text another begins, from 1; 0 where it is not in it.
  final String position;

  Dialect(String forUpdate, String skipLocked, String transaction, String position) {
    this.forUpdate = forUpdate;
    this.skipLocked = skipLocked;
    this.transaction = transaction;
    this.position = position;
  }
}
