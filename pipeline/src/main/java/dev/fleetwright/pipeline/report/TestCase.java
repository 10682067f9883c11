package dev.fleetwright.pipeline.report;

import java.util.OptionalDouble;

/// One test and how it ended.
///
/// @param group the class or module that it belongs to; may be empty
/// @param file where it is written; may be empty
/// @param seconds that it took, where the report says so
/// @param output why it did not pass and what it printed; empty when it passed
public record TestCase(
    String group, String name, String file, OptionalDouble seconds, Result result, String output) {

  /// GitLab's four ends of a test.
  public enum Result {
    SUCCESS,
    FAILED,
    ERROR,
    SKIPPED;

    /// Whether somebody has to look.
    public boolean bad() {
      return this == FAILED || this == ERROR;
    }
  }
}
