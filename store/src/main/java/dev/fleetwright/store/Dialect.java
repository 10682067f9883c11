package dev.fleetwright.store;

/// Where the two databases need different words. Everything else is said once for both.
enum Dialect {
  /// One process, one writer at a time: rows need no locks.
  SQLITE("", ""),
  POSTGRESQL(" FOR UPDATE", " FOR UPDATE SKIP LOCKED");

  /// Ends a query whose rows are about to be changed.
  final String forUpdate;

  /// Ends a query that takes one of many rows, whichever nobody else is taking.
  final String skipLocked;

  Dialect(String forUpdate, String skipLocked) {
    this.forUpdate = forUpdate;
    this.skipLocked = skipLocked;
  }
}
