package dev.fleetwright.server.ui;

import java.util.List;

/// Something a person must hear of: a refusal, or what is wrong with a file.
///
/// @param remedy what to do about it; may be empty
record Notice(Tone tone, String icon, String title, String remedy, List<ProblemLine> problems) {

  Notice {
    problems = List.copyOf(problems);
  }

  static Notice refusal(String message, String remedy, List<ProblemLine> problems) {
    return new Notice(Tone.BAD, "x-circle", message, remedy, problems);
  }

  /// One mistake in a configuration file.
  ///
  /// @param where such as `.gitlab-ci.yml, line 3, column 7`
  /// @param remedy what to write instead; may be empty
  record ProblemLine(String where, String message, String remedy) {}
}
