package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.pipeline.expression.Expression;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import java.util.List;
import java.util.Optional;

/// `only` or `except`, the older way to say when a job runs.
///
/// @param refs names of kinds (`branches`, `schedules`), of refs, or patterns; empty if not given
record RefFilter(
    Optional<List<String>> refs,
    Optional<List<Expression>> variables,
    Optional<Rule.Paths> changes,
    boolean kubernetes) {

  /// What a job with neither `rules`, `only` nor `except` has.
  static final RefFilter BRANCHES_AND_TAGS =
      new RefFilter(
          Optional.of(List.of("branches", "tags")), Optional.empty(), Optional.empty(), false);

  /// For `only`: each part that is given holds.
  boolean all(PipelineContext context, Rule.Facts facts) {
    return refs.map(names -> matches(names, context)).orElse(true)
        && variables.map(list -> anyHolds(list, facts)).orElse(true)
        && changes.map(paths -> changed(paths, facts)).orElse(true)
        && !kubernetes;
  }

  /// For `except`: one of the parts that are given holds.
  boolean any(PipelineContext context, Rule.Facts facts) {
    return refs.map(names -> matches(names, context)).orElse(false)
        || variables.map(list -> anyHolds(list, facts)).orElse(false)
        || changes.map(paths -> changed(paths, facts)).orElse(false);
  }

  private static boolean anyHolds(List<Expression> expressions, Rule.Facts facts) {
    return expressions.stream().anyMatch(e -> e.holds(facts.values()));
  }

  private static boolean changed(Rule.Paths paths, Rule.Facts facts) {
    return facts.changed().map(changed -> paths.matchAny(changed, facts.variables())).orElse(true);
  }

  private static boolean matches(List<String> names, PipelineContext context) {
    return names.stream().anyMatch(name -> matches(name, context));
  }

  private static boolean matches(String written, PipelineContext context) {
    // `name@group/project` holds only in that project, so that forks leave the job out.
    var at = written.lastIndexOf('@');
    if (at > 0 && !written.substring(at + 1).equals(context.repository().path())) {
      return false;
    }
    var name = at > 0 ? written.substring(0, at) : written;
    var source = context.source();
    var mergeRequest = source == Source.MERGE_REQUEST_EVENT;
    return switch (name) {
      case "branches" -> !context.commit().tag() && !mergeRequest;
      case "tags" -> context.commit().tag();
      case "merge_requests" -> mergeRequest;
      case "pushes" -> source == Source.PUSH;
      case "web" -> source == Source.WEB;
      case "triggers" -> source == Source.TRIGGER;
      case "schedules" -> source == Source.SCHEDULE;
      case "api" -> source == Source.API;
      case "external" -> source == Source.EXTERNAL;
      case "pipelines" -> source == Source.PIPELINE;
      case "chat" -> source == Source.CHAT;
      case "external_pull_requests" -> source == Source.EXTERNAL_PULL_REQUEST_EVENT;
      default ->
          Expression.Regex.of(name)
              .map(regex -> regex.pattern().matcher(context.commit().ref()).find())
              .orElseGet(() -> name.equals(context.commit().ref()));
    };
  }
}
