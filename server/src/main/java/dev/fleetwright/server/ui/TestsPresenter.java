package dev.fleetwright.server.ui;

import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.pipeline.report.TestCase;
import dev.fleetwright.pipeline.report.TestCase.Result;
import dev.fleetwright.server.operations.TestReports.Suite;
import dev.fleetwright.server.ui.TestsPage.CaseView;
import dev.fleetwright.server.ui.TestsPage.SuiteView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Shows what jobs report of their tests: first what somebody has to look at.
final class TestsPresenter {

  /// Of the tests that are well.
  private static final int SHOWN = 500;

  private static final Badge PASSED = new Badge(Tone.GOOD, "check-circle", "passed");
  private static final Badge FAILED = new Badge(Tone.BAD, "x-circle", "failed");
  private static final Badge ERROR = new Badge(Tone.BAD, "warning", "error");
  private static final Badge SKIPPED = new Badge(Tone.IDLE, "skip", "skipped");
  private static final Badge NONE = new Badge(Tone.WARN, "warning", "no tests");

  private TestsPresenter() {}

  static TestsPage page(Pipeline pipeline, List<Suite> suites) {
    return new TestsPage(
        new Link(
            "pipeline #" + pipeline.number(),
            Paths.pipeline(pipeline.project(), pipeline.number())),
        status(suites),
        words(suites),
        suites.stream().map(s -> suite(pipeline, s)).toList());
  }

  private static SuiteView suite(Pipeline pipeline, Suite suite) {
    var id = "job-" + suite.job().id();
    var bad = new ArrayList<CaseView>();
    var rest = new ArrayList<CaseView>();
    var others = 0;
    for (var test : suite.cases()) {
      if (test.result().bad()) {
        bad.add(view(id + "-" + bad.size(), test));
      } else {
        others++;
        if (rest.size() < SHOWN) {
          rest.add(view("", test));
        }
      }
    }
    return new SuiteView(
        id,
        new Link(suite.job().spec().name(), Paths.job(pipeline.project(), suite.job().id())),
        status(List.of(suite)),
        words(List.of(suite)),
        suite.problems(),
        bad,
        rest,
        others > rest.size() ? "and %,d more".formatted(others - rest.size()) : "");
  }

  private static CaseView view(String id, TestCase test) {
    return new CaseView(
        id,
        test.name().isEmpty() ? "(without a name)" : test.name(),
        test.group().isEmpty() ? test.file() : test.group(),
        switch (test.result()) {
          case SUCCESS -> PASSED;
          case FAILED -> FAILED;
          case ERROR -> ERROR;
          case SKIPPED -> SKIPPED;
        },
        test.seconds().isPresent() ? took(test.seconds().getAsDouble()) : "",
        test.output());
  }

  private static Badge status(List<Suite> suites) {
    if (count(suites, Result.FAILED) + count(suites, Result.ERROR) > 0) {
      return FAILED;
    }
    return suites.stream().allMatch(s -> s.cases().isEmpty()) ? NONE : PASSED;
  }

  private static String words(List<Suite> suites) {
    var parts = new ArrayList<String>();
    var all = suites.stream().mapToLong(s -> s.cases().size()).sum();
    parts.add(all == 1 ? "1 test" : "%,d tests".formatted(all));
    part(parts, suites, Result.FAILED, "failed");
    part(parts, suites, Result.ERROR, "with an error");
    part(parts, suites, Result.SKIPPED, "skipped");
    parts.add(took(suites.stream().mapToDouble(Suite::seconds).sum()));
    return String.join(", ", parts);
  }

  private static void part(List<String> parts, List<Suite> suites, Result result, String word) {
    var count = count(suites, result);
    if (count > 0) {
      parts.add("%,d %s".formatted(count, word));
    }
  }

  private static long count(List<Suite> suites, Result result) {
    return suites.stream().mapToLong(s -> s.count(result)).sum();
  }

  private static String took(double seconds) {
    return seconds < 1
        ? "%d ms".formatted(Math.round(seconds * 1000))
        : String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
