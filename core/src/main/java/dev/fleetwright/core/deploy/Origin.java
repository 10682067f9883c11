package dev.fleetwright.core.deploy;

import java.util.Locale;

/// What made a deploy come to be. Says whether somebody wanted this very deploy, which a rule of an
/// environment must not undo.
public enum Origin {
  /// A person, or a program with a person's token, asked for it.
  HAND,
  /// A job of a pipeline.
  JOB,
  /// The environment takes the releases of a branch by itself.
  BRANCH,
  /// The environment takes by itself what succeeded in the one before.
  PROMOTION,
  /// An alarm, so that the environment goes back.
  ALARM,
  /// A train that it is a member of, or that it takes back.
  TRAIN;

  /// Whether the environment took it by itself; such a deploy waits while the environment is held.
  public boolean automatic() {
    return this == BRANCH || this == PROMOTION;
  }

  /// `hand`, `job` …
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Read what [#keyword] wrote.
  ///
  /// @throws IllegalArgumentException if it is something else
  public static Origin of(String keyword) {
    return valueOf(keyword.toUpperCase(Locale.ROOT));
  }
}
