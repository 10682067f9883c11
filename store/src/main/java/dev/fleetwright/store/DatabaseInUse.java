package dev.fleetwright.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Another server works on this SQLite file. Two servers want PostgreSQL.
public final class DatabaseInUse extends RuntimeException {
  DatabaseInUse(Path file, @Nullable Throwable cause) {
    super(file + " is in use by another server; end that one, or use PostgreSQL for both", cause);
  }
}
