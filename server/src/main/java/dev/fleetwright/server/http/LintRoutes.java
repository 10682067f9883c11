package dev.fleetwright.server.http;

import dev.fleetwright.api.Lint;
import dev.fleetwright.pipeline.source.MemoryTree;
import java.util.List;

/// Checking files before they are pushed.
final class LintRoutes {

  private LintRoutes() {}

  static List<Route> routes() {
    return List.of(
        Route.post(
                "/api/v1/lint",
                Access.SIGNED_IN,
                "Whether files can be used; every mistake at once, with its place and a remedy.")
            .taking(Lint.class)
            .giving(Lint.Answer.class)
            .by((_, lint) -> check(lint)));
  }

  private static Lint.Answer check(Lint lint) {
    var report = dev.fleetwright.pipeline.Lint.check(new MemoryTree(lint.files()));
    return new Lint.Answer(report.sound(), Answers.problems(report.problems()), report.account());
  }
}
