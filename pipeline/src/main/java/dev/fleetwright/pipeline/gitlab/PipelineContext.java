package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.pipeline.variable.Variable;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// For what a pipeline is made: the commit, what started it, and the variables that are not in the
/// file.
///
/// Holds no secret values. Rules may ask whether a secret is there; they see [#OPAQUE] as its
/// value.
///
/// @param variables of project, group and instance that are no secrets, the project's over the
///   others
/// @param given with the run itself, by a person, a trigger or a schedule; they override all others
/// @param secrets names of variables whose values are kept from here
/// @param changed paths that differ from the commit before; empty when there is none to compare
///   with, as for a schedule or a tag, and then `changes` always holds
public record PipelineContext(
    Repository repository,
    Commit commit,
    Source source,
    Person person,
    Server server,
    SortedMap<String, Variable> variables,
    SortedMap<String, Variable> given,
    Set<String> secrets,
    Optional<List<String>> changed) {

  /// What a rule sees instead of the value of a secret: defined, not empty, equal to nothing else.
  public static final String OPAQUE = "[secret]";

  public PipelineContext {
    variables = new TreeMap<>(variables);
    given = new TreeMap<>(given);
    secrets = Set.copyOf(secrets);
    changed = changed.map(List::copyOf);
  }

  /// @param path such as `shop` or `group/shop`
  /// @param url where people look at it; empty if nowhere
  public record Repository(
      long id, String path, String description, String url, String defaultBranch) {}

  /// @param ref branch or tag name without `refs/…`
  /// @param before the commit that the branch was at; zeros in the variable if empty
  /// @param message in full; its first line is the title
  /// @param tagMessage of an annotated tag, else empty
  public record Commit(
      CommitSha sha,
      Optional<CommitSha> before,
      String ref,
      boolean tag,
      boolean refProtected,
      String message,
      String author,
      Instant at,
      String tagMessage) {

    public String title() {
      return message.lines().findFirst().orElse("");
    }
  }

  /// What started the pipeline; GitLab's `CI_PIPELINE_SOURCE`.
  public enum Source {
    PUSH,
    WEB,
    TRIGGER,
    SCHEDULE,
    API,
    EXTERNAL,
    PIPELINE,
    CHAT,
    WEBIDE,
    MERGE_REQUEST_EVENT,
    EXTERNAL_PULL_REQUEST_EVENT,
    PARENT_PIPELINE,
    ONDEMAND_DAST_SCAN,
    ONDEMAND_DAST_VALIDATION,
    SECURITY_ORCHESTRATION_POLICY;

    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Who started it.
  public record Person(long id, String login, String name, String email) {}

  /// @param url the server's own, without a `/` at the end
  public record Server(String url, String version) {}

  /// A push of a commit to a branch, as `lint` imagines it when there is no server.
  ///
  /// @param changed empty if not known
  public static PipelineContext pushOf(
      String project,
      CommitSha sha,
      String branch,
      String defaultBranch,
      String message,
      Optional<List<String>> changed) {
    return new PipelineContext(
        new Repository(1, project, "", "", defaultBranch),
        new Commit(
            sha,
            Optional.empty(),
            branch,
            false,
            branch.equals(defaultBranch),
            message,
            "",
            Instant.EPOCH,
            ""),
        Source.PUSH,
        new Person(1, "nobody", "", ""),
        new Server("http://localhost", "0"),
        new TreeMap<>(),
        new TreeMap<>(),
        Set.of(),
        changed);
  }

  /// The same with plain variables given with the run.
  public PipelineContext withGiven(Map<String, String> more) {
    var all = new TreeMap<>(given);
    more.forEach((name, value) -> all.put(name, Variable.of(name, value)));
    return new PipelineContext(
        repository, commit, source, person, server, variables, all, secrets, changed);
  }

  /// The same, started by something else.
  public PipelineContext startedBy(Source other) {
    return new PipelineContext(
        repository, commit, other, person, server, variables, given, secrets, changed);
  }
}
