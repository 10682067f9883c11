package dev.fleetwright.core.log;

import java.util.Locale;

/// Names one log.
public record LogName(Kind kind, long id) {

  /// Whose log.
  public enum Kind {
    JOB,
    DEPLOY
  }

  /// The log of a job.
  public static LogName job(long id) {
    return new LogName(Kind.JOB, id);
  }

  /// The log of a deploy.
  public static LogName deploy(long id) {
    return new LogName(Kind.DEPLOY, id);
  }

  /// `job-12`; safe in file names.
  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + "-" + id;
  }
}
