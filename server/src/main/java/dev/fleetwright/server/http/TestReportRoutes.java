package dev.fleetwright.server.http;

import dev.fleetwright.api.TestReport;
import dev.fleetwright.api.TestReport.Counts;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.pipeline.report.TestCase;
import dev.fleetwright.pipeline.report.TestCase.Result;
import dev.fleetwright.server.operations.TestReports;
import dev.fleetwright.server.operations.TestReports.Suite;
import java.util.List;
import java.util.Optional;

/// What jobs report of their tests.
final class TestReportRoutes {

  private final Pipelines pipelines;
  private final TestReports reports;

  TestReportRoutes(Pipelines pipelines, TestReports reports) {
    this.pipelines = pipelines;
    this.reports = reports;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/pipelines/{pipeline}/tests",
                Access.SIGNED_IN,
                "The tests that a pipeline's jobs report, by job.")
            .giving(TestReport.class)
            .by(call -> {
              var id = call.id("pipeline");
              var pipeline =
                  pipelines.find(id).orElseThrow(() -> Refusal.notFound("pipeline " + id));
              return wire(reports.of(pipeline.id()));
            }));
  }

  private static TestReport wire(List<Suite> suites) {
    return new TestReport(
        counts(suites),
        suites.stream().mapToDouble(Suite::seconds).sum(),
        suites.stream().map(TestReportRoutes::wire).toList());
  }

  private static TestReport.Suite wire(Suite suite) {
    return new TestReport.Suite(
        suite.job().spec().name(),
        suite.job().id(),
        counts(List.of(suite)),
        suite.seconds(),
        suite.cases().stream().map(TestReportRoutes::wire).toList(),
        suite.problems());
  }

  private static TestReport.Case wire(TestCase test) {
    return new TestReport.Case(
        test.group(),
        test.name(),
        TestReport.Result.valueOf(test.result().name()),
        test.seconds().isPresent() ? Optional.of(test.seconds().getAsDouble()) : Optional.empty(),
        Optional.of(test.file()).filter(f -> !f.isEmpty()),
        Optional.of(test.output()).filter(o -> !o.isEmpty()));
  }

  private static Counts counts(List<Suite> suites) {
    return new Counts(
        suites.stream().mapToLong(s -> s.cases().size()).sum(),
        count(suites, Result.SUCCESS),
        count(suites, Result.FAILED),
        count(suites, Result.ERROR),
        count(suites, Result.SKIPPED));
  }

  private static long count(List<Suite> suites, Result result) {
    return suites.stream().mapToLong(s -> s.count(result)).sum();
  }
}
