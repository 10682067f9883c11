package dev.fleetwright.core.environment;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a deploy that has begun may wait for without changing anything.
public enum Idleness {
  /// For what runs to become healthy.
  HEALTH,
  /// For a canary's hold to end.
  HOLD,
  /// For the person who paused it.
  PAUSE;

  /// As it is written in `fleetwright.yml`.
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Read what [#keyword] wrote.
  public static Optional<Idleness> of(String keyword) {
    return Arrays.stream(values()).filter(v -> v.keyword().equals(keyword)).findFirst();
  }
}
