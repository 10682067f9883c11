package dev.fleetwright.core.target;

/// Where the progress of a step is told to people, line by line.
@FunctionalInterface
public interface StepLog {

  /// Tell one line, without its end. Never blocks for long and never fails.
  void line(String text);
}
