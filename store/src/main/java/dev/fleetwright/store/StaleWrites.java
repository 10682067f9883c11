package dev.fleetwright.store;

import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts writes that were turned down because a newer generation holds the lease. Each is a server
/// that was stopped or cut off, did not know it, and did no harm.
final class StaleWrites {

  private static final Logger LOG = LoggerFactory.getLogger(StaleWrites.class);

  private final LongAdder count = new LongAdder();

  /// One was turned down.
  ///
  /// @param generation that the writer believed to be the newest
  void turnedDown(SqlLeases.Kind kind, long id, long generation, String what) {
    count.increment();
    LOG.atWarn()
        .addKeyValue(kind.keyword(), id)
        .addKeyValue("generation", generation)
        .addKeyValue("write", what)
        .log("write of an older holder was turned down");
  }

  long count() {
    return count.sum();
  }
}
