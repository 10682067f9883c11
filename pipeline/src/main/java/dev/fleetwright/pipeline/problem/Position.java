package dev.fleetwright.pipeline.problem;

/// Where something is written.
///
/// @param file path from the root of the repository
/// @param line counted from one
/// @param column counted from one, in characters
public record Position(String file, int line, int column) {

  public static Position startOf(String file) {
    return new Position(file, 1, 1);
  }

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
