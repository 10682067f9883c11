package dev.fleetwright.pipeline.problem;

/// One thing that is wrong, or not done yet, in a file of a repository: where, what, and what to do
/// about it.
///
/// Line and column are counted from one, in characters, as editors count them. The text form is
/// stable: `file:line:column: error: message; remedy`.
///
/// @param file path from the root of the repository
/// @param message one clause without a full stop
/// @param remedy what the person should write instead; empty when the message says it all
public record Problem(
    String file, int line, int column, Severity severity, String message, String remedy) {

  /// What a problem means for what follows.
  public enum Severity {
    /// Nothing of this file is run or deployed until it is put right.
    ERROR,
    /// The file is used; this part of it has no effect, or not the one its author may expect.
    WARNING
  }

  public static Problem error(Position at, String message, String remedy) {
    return new Problem(at.file(), at.line(), at.column(), Severity.ERROR, message, remedy);
  }

  public static Problem warning(Position at, String message, String remedy) {
    return new Problem(at.file(), at.line(), at.column(), Severity.WARNING, message, remedy);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  @Override
  public String toString() {
    var kind = isError() ? "error" : "warning";
    var text = file + ":" + line + ":" + column + ": " + kind + ": " + message;
    return remedy.isEmpty() ? text : text + "; " + remedy;
  }
}
