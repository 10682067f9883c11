package dev.fleetwright.store;

/// The database's tables are not of a form that this release knows. Nothing was changed.
public final class SchemaUnknown extends RuntimeException {
  SchemaUnknown(String message) {
    super(message);
  }
}
