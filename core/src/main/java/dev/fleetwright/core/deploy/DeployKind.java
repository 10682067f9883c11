package dev.fleetwright.core.deploy;

import java.util.Locale;

/// What a deploy is for.
public enum DeployKind {
  /// Brings a release into an environment.
  START,
  /// Takes an environment down. That is a deploy too, and part of its history.
  STOP,
  /// Brings stored revisions of an earlier deploy back.
  ROLLBACK;

  /// `start`, `stop`, `rollback`.
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Read what [#keyword] wrote.
  public static DeployKind of(String keyword) {
    return valueOf(keyword.toUpperCase(Locale.ROOT));
  }
}
