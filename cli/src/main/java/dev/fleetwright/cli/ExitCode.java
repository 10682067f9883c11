package dev.fleetwright.cli;

/// What the command line returns to the shell. Part of the promise to scripts; listed in
/// `docs/guide/command-line.md`.
final class ExitCode {

  static final int DONE = 0;

  /// What was asked for was done and came to a bad end: a deploy was rolled back, a pipeline
  /// failed.
  static final int FAILED = 1;

  /// The command itself was not understood.
  static final int USAGE = 2;

  /// The server said no: a rule, a state, a missing right.
  static final int REFUSED = 3;

  /// What the command is about is not there.
  static final int NOT_FOUND = 4;

  /// No server answers, or it failed.
  static final int UNREACHABLE = 5;

  /// A file of the repository has mistakes.
  static final int PROBLEMS = 6;

  private ExitCode() {}
}
