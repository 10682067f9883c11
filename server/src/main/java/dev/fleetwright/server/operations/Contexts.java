package dev.fleetwright.server.operations;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.project.Repositories.Commit;
import dev.fleetwright.pipeline.gitlab.PipelineContext;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import dev.fleetwright.pipeline.variable.Variable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Makes what rules and predefined variables are computed from; the same again for a stored
/// pipeline, so that a job that starts after a restart sees the same variables.
final class Contexts {

  private final Repositories repositories;
  private final String publicUrl;
  private final String version;

  /// @param publicUrl where people reach this server, without a `/` at the end
  Contexts(Repositories repositories, String publicUrl, String version) {
    this.repositories = repositories;
    this.publicUrl = publicUrl;
    this.version = version;
  }

  /// For a new pipeline: also with what was changed, which rules may ask for.
  ///
  /// @param given variables that the run is started with
  PipelineContext ofNew(
      Project project,
      CommitSha sha,
      Optional<CommitSha> before,
      String ref,
      boolean tag,
      Source source,
      String by,
      Map<String, String> given) {
    var commit = commit(project, sha);
    var changed = changed(project, sha, before, commit);
    return context(project, sha, before, ref, tag, source, by, given, commit, changed);
  }

  /// For the variables of a pipeline's jobs: its rules have been judged, so what was changed is not
  /// worked out again for each job.
  PipelineContext of(Project project, Pipeline pipeline) {
    return context(
        project,
        pipeline.sha(),
        Optional.empty(),
        pipeline.ref(),
        pipeline.tag(),
        Source.valueOf(pipeline.source().toUpperCase(Locale.ROOT)),
        pipeline.by(),
        Map.of(),
        commit(project, pipeline.sha()),
        Optional.empty());
  }

  private PipelineContext context(
      Project project,
      CommitSha sha,
      Optional<CommitSha> before,
      String ref,
      boolean tag,
      Source source,
      String by,
      Map<String, String> given,
      Optional<Commit> commit,
      Optional<List<String>> changed) {
    var variables = new TreeMap<String, Variable>();
    given.forEach((name, value) -> variables.put(name, Variable.of(name, value)));
    return new PipelineContext(
        new PipelineContext.Repository(
            number(project),
            project.name().value(),
            "",
            publicUrl + "/projects/" + project.name(),
            project.defaultBranch()),
        new PipelineContext.Commit(
            sha,
            before,
            ref,
            tag,
            isProtected(project, ref, tag),
            commit.map(Commit::message).orElse(""),
            commit.map(c -> c.authorName() + " <" + c.authorEmail() + ">").orElse(""),
            commit.map(Commit::committedAt).orElse(Instant.EPOCH),
            ""),
        source,
        new PipelineContext.Person(1, by, by, ""),
        new PipelineContext.Server(publicUrl, version),
        new TreeMap<>(),
        variables,
        Set.of(),
        changed);
  }

  /// Whether only those who may change the configuration can push there.
  static boolean isProtected(Project project, String ref, boolean tag) {
    return !tag && ref.equals(project.defaultBranch());
  }

  Optional<Commit> commit(Project project, CommitSha sha) {
    try {
      return repositories.commit(project.name(), sha);
    } catch (IOException e) {
      throw new UncheckedIOException("reading commit " + sha.brief(), e);
    }
  }

  /// What a push changed: since the commit that the branch was at, or, for a new branch, since the
  /// commit's parent.
  private Optional<List<String>> changed(
      Project project, CommitSha sha, Optional<CommitSha> before, Optional<Commit> commit) {
    var base = before.or(() -> commit.flatMap(c -> c.parents().stream().findFirst()));
    if (base.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(repositories.changedPaths(project.name(), base.get(), sha));
    } catch (IOException _) {
      // A force push may have taken the commit before away; then nothing is known to be unchanged.
      return Optional.empty();
    }
  }

  /// A number that stays the same for a project's name (`CI_PROJECT_ID`).
  private static long number(Project project) {
    var digest = Digest.of(project.name().value().getBytes(StandardCharsets.UTF_8));
    return Long.parseLong(digest.hex().substring(0, 8), 16) & 0x7fff_ffffL;
  }

  String publicUrl() {
    return publicUrl;
  }
}
