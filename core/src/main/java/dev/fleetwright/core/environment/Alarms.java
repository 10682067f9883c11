package dev.fleetwright.core.environment;

import dev.fleetwright.core.access.Actor;
import java.time.Instant;
import java.util.List;

/// The alarms that fire. What follows from one is decided elsewhere: see
/// [dev.fleetwright.core.engine.AlarmResponse].
///
/// Each change writes a ledger record and a feed entry in its transaction.
public interface Alarms {

  /// Those of one environment, oldest first.
  List<Alarm> firing(long environment);

  /// Those of all environments, oldest first.
  List<Alarm> firing();

  /// Note that one fires. One of that name that fires already stays as it is, so repeating is safe.
  Alarm raise(long environment, String name, String reason, Actor by, Instant at);

  /// Note that it fires no more.
  ///
  /// @return false when it did not fire
  boolean clear(long environment, String name, Actor by, Instant at);
}
