package dev.fleetwright.core.target;

/// Names one thing that one deploy asks of a target. The same on every repetition, whichever server
/// asks.
///
/// @param step from 0
/// @param undo whether the step is being taken back
public record ApplyId(long deploy, int step, boolean undo) {
  /// `12-0` or `12-0-undo`; safe in file names.
  @Override
  public String toString() {
    return deploy + "-" + step + (undo ? "-undo" : "");
  }
}
