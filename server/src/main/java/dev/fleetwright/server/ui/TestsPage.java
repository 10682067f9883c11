package dev.fleetwright.server.ui;

import java.util.List;

/// The tests of a pipeline.
///
/// @param words how many, and how they ended
record TestsPage(Link pipeline, Badge status, String words, List<SuiteView> suites) {

  TestsPage {
    suites = List.copyOf(suites);
  }

  /// The tests of one job.
  ///
  /// @param id unique on the page
  /// @param problems of files that could not be read
  /// @param bad tests that somebody has to look at
  /// @param rest the others, as many as are shown
  /// @param more how many of these are not; empty when all are
  record SuiteView(
      String id,
      Link job,
      Badge status,
      String words,
      List<String> problems,
      List<CaseView> bad,
      List<CaseView> rest,
      String more) {
    SuiteView {
      problems = List.copyOf(problems);
      bad = List.copyOf(bad);
      rest = List.copyOf(rest);
    }
  }

  /// @param id unique on the page
  /// @param output why it did not pass; may be empty
  record CaseView(String id, String name, String group, Badge status, String took, String output) {}
}
