package dev.fleetwright.core.analysis;

/// What one look says.
public sealed interface Measurement {

  /// As expected.
  ///
  /// @param seen in a few words
  record Pass(String seen) implements Measurement {}

  /// Not as expected.
  ///
  /// @param reason what was asked and what came instead
  record Fail(String reason) implements Measurement {}

  /// Nothing could be learnt, which is not held against the release; but a release is not let on
  /// for it either.
  record Inconclusive(String reason) implements Measurement {}
}
