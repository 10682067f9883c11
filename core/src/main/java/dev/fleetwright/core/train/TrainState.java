package dev.fleetwright.core.train;

import java.util.Locale;

/// How far a train is.
public enum TrainState {
  /// No member has begun.
  WAITING,
  /// Some have, and those that may go on.
  RUNNING,
  /// A member did not succeed, and those that come after it wait for a person.
  HELD,
  /// All have.
  SUCCEEDED,
  /// All members have ended, not all of them well; what was done stays.
  INCOMPLETE,
  /// What was done is being taken back.
  GOING_BACK,
  /// It has been.
  TAKEN_BACK,
  /// Something could not be taken back. From here on only a person can help.
  STUCK;

  /// Whether nothing more is done for it.
  public boolean over() {
    return switch (this) {
      case SUCCEEDED, INCOMPLETE, TAKEN_BACK, STUCK -> true;
      case WAITING, RUNNING, HELD, GOING_BACK -> false;
    };
  }

  /// `going_back`, `succeeded` …
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Read what [#keyword] wrote.
  ///
  /// @throws IllegalArgumentException if it is something else
  public static TrainState of(String keyword) {
    return valueOf(keyword.toUpperCase(Locale.ROOT));
  }
}
