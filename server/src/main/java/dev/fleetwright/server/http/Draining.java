package dev.fleetwright.server.http;

import java.time.Duration;

/// Stopping a server in order.
public interface Draining {

  /// Whether it was begun.
  boolean underWay();

  /// Begin, if that was not done; returns at once. The process ends by itself when it is done.
  ///
  /// @param patience how long steps and jobs under way may take
  void begin(Duration patience);
}
