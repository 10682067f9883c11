package dev.fleetwright.api;

import java.util.List;
import java.util.Optional;

/// What the jobs of a pipeline report of their tests.
///
/// @param seconds that the tests took together
public record TestReport(Counts counts, double seconds, List<Suite> suites) {

  /// How many tests, and how they ended.
  public record Counts(long total, long success, long failed, long error, long skipped) {}

  /// The tests of one job.
  ///
  /// @param problems of files that could not be read, for people
  public record Suite(
      String name,
      long job,
      Counts counts,
      double seconds,
      List<Case> cases,
      List<String> problems) {}

  /// How a test ended.
  public enum Result {
    SUCCESS,
    FAILED,
    ERROR,
    SKIPPED
  }

  /// One test.
  ///
  /// @param group the class or module that it belongs to; may be empty
  /// @param output why it did not pass and what it printed
  public record Case(
      String group,
      String name,
      Result result,
      Optional<Double> seconds,
      Optional<String> file,
      Optional<String> output) {}
}
