package dev.fleetwright.server.http;

import dev.fleetwright.api.Failure;
import dev.fleetwright.api.Problem;
import dev.fleetwright.server.operations.Answer;
import java.util.List;
import java.util.Optional;

/// Answers of operations, as HTTP says them.
final class Answers {

  private Answers() {}

  /// What was done.
  ///
  /// @throws Refusal when it was not
  static <T> T done(Answer<T> answer) {
    return switch (answer) {
      case Answer.Done<T>(var value) -> value;
      case Answer.NotFound<T>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<T>(var code, var message, var remedy, var problems) ->
          throw refused(code, message, remedy, problems(problems));
    };
  }

  static List<Problem> problems(List<dev.fleetwright.pipeline.problem.Problem> problems) {
    return problems.stream().map(Answers::problem).toList();
  }

  /// Codes that mean something else than "not possible as things are" are few, and are named here.
  private static Refusal refused(
      String code, String message, String remedy, List<Problem> problems) {
    return switch (code) {
      case "target_unreachable", "repository_unavailable" ->
          Refusal.of(503, code, Failure.Kind.TARGET, message, remedy, problems);
      case "no_such_ref" -> Refusal.of(404, code, Failure.Kind.USER, message, remedy, problems);
      case "bad_project_name", "bad_token_name", "bad_variable", "bad_schedule", "bad_image" ->
          Refusal.of(400, code, Failure.Kind.USER, message, remedy, problems);
      case "repository_unreadable" ->
          Refusal.of(422, code, Failure.Kind.USER, message, remedy, problems);
      default ->
          Refusal.of(
              problems.isEmpty() ? 409 : 422, code, Failure.Kind.USER, message, remedy, problems);
    };
  }

  private static Problem problem(dev.fleetwright.pipeline.problem.Problem problem) {
    return new Problem(
        Optional.of(problem.file()).filter(f -> !f.isEmpty()),
        problem.line(),
        problem.column(),
        problem.isError() ? Problem.Severity.ERROR : Problem.Severity.WARNING,
        problem.message(),
        Optional.of(problem.remedy()).filter(r -> !r.isEmpty()));
  }
}
