package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.RemoteUnavailable;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.pipeline.problem.Problem;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Taking projects into care, and acting on what is pushed to them.
public final class ProjectOperations {

  private static final String BRANCH = "refs/heads/";
  private static final String TAG = "refs/tags/";
  private static final String USUAL_BRANCH = "main";

  private final Projects projects;
  private final Repositories repositories;
  private final Configuration configuration;
  private final PipelineOperations pipelines;
  private final TakeDowns takeDowns;
  private final InstantSource clock;

  ProjectOperations(
      Projects projects,
      Repositories repositories,
      Configuration configuration,
      PipelineOperations pipelines,
      TakeDowns takeDowns,
      InstantSource clock) {
    this.projects = projects;
    this.repositories = repositories;
    this.configuration = configuration;
    this.pipelines = pipelines;
    this.takeDowns = takeDowns;
    this.clock = clock;
  }

  /// Take a repository into care: mirror it, read its configuration, and run the pipeline of the
  /// default branch. Older branches and tags are left as they are until something is pushed.
  ///
  /// @param name as the project shall be called
  /// @param repository a URL or an absolute path, without a credential
  /// @param run whether the pipeline of the default branch is run at once
  public Answer<Project> add(String name, String repository, boolean run, Actor by) {
    if (!ProjectName.valid(name)) {
      return Answer.refused(
          "bad_project_name",
          "`%s` cannot be a project's name".formatted(name),
          "use 1 to 63 of a-z, 0-9, `-`, `_` and `.`, with a letter or digit at both ends");
    }
    var project = new ProjectName(name);
    if (projects.find(project).isPresent()) {
      return Answer.refused(
          "project_exists", "there is a project `%s` already".formatted(name), "use another name");
    }
    String branch;
    Map<String, CommitSha> references;
    try {
      references = repositories.fetch(project, repository);
      branch = repositories.defaultBranch(project).orElse(USUAL_BRANCH);
    } catch (IOException | IllegalArgumentException e) {
      return Answer.refused(
          "repository_unreadable",
          "the repository cannot be read: " + e.getMessage(),
          "check the address, and that this server may read it");
    }
    var added = new Project(project, repository, branch, clock.instant());
    if (!projects.add(added, by)) {
      return Answer.refused(
          "project_exists", "there is a project `%s` already".formatted(name), "use another name");
    }
    references.forEach((reference, sha) -> {
      if (!run || !reference.equals(BRANCH + branch)) {
        projects.see(project, reference, Optional.of(sha));
      }
    });
    var _ = act(added, references, by);
    return Answer.done(added);
  }

  /// What a fetch brought.
  ///
  /// @param started the ids of pipelines that it started
  /// @param problems why some pushes got none
  public record Synced(List<Long> started, List<String> problems) {
    public Synced {
      started = List.copyOf(started);
      problems = List.copyOf(problems);
    }
  }

  /// Fetch, and start the pipelines of what is new. Repeating it starts nothing twice.
  public Answer<Synced> sync(ProjectName name, Actor by) {
    try {
      return follow(name, by).map(Answer::done).orElseGet(() -> Answer.notFound("project " + name));
    } catch (RemoteUnavailable e) {
      return Answer.refused(
          "repository_unavailable",
          "the repository of %s cannot be read: %s".formatted(name, e.getMessage()),
          "nothing to do: it is read as soon as its host answers");
    } catch (IOException e) {
      return Answer.refused(
          "repository_unreadable",
          "the repository of %s cannot be read: %s".formatted(name, e.getMessage()),
          "check the address, and that this server may read it");
    }
  }

  /// As [#sync], for whoever asks again by itself.
  ///
  /// @return empty when there is no such project
  /// @throws RemoteUnavailable which says when it is worth asking again
  public Optional<Synced> follow(ProjectName name, Actor by) throws IOException {
    var project = projects.find(name);
    if (project.isEmpty()) {
      return Optional.empty();
    }
    var references = repositories.fetch(name, project.get().repository());
    return Optional.of(act(project.get(), references, by));
  }

  /// What is wrong with the configuration at the head of the default branch.
  public List<Problem> problems(Project project) {
    return configuration.ofDefaultBranch(project).problems();
  }

  private Synced act(Project project, Map<String, CommitSha> references, Actor by) {
    configuration.apply(project, configuration.ofDefaultBranch(project), by, clock.instant());
    var seen = projects.seen(project.name());
    var started = new ArrayList<Long>();
    var problems = new ArrayList<String>();
    new TreeMap<>(references)
        .forEach((reference, sha) -> {
          var before = Optional.ofNullable(seen.get(reference));
          if (before.filter(sha::equals).isEmpty() && isPushed(reference)) {
            push(project, reference, sha, before, by, started, problems);
            projects.see(project.name(), reference, Optional.of(sha));
          }
        });
    seen.keySet().stream()
        .filter(reference -> !references.containsKey(reference))
        .forEach(reference -> {
          if (reference.startsWith(BRANCH)) {
            takeDowns.branchDeleted(project, reference.substring(BRANCH.length()), by);
          }
          projects.see(project.name(), reference, Optional.empty());
        });
    return new Synced(started, problems);
  }

  private static boolean isPushed(String reference) {
    return reference.startsWith(BRANCH) || reference.startsWith(TAG);
  }

  private void push(
      Project project,
      String reference,
      CommitSha sha,
      Optional<CommitSha> before,
      Actor by,
      List<Long> started,
      List<String> problems) {
    var tag = reference.startsWith(TAG);
    var ref = reference.substring(tag ? TAG.length() : BRANCH.length());
    switch (pipelines.pushed(project, sha, before, ref, tag, by)) {
      case Answer.Done<Pipeline>(var pipeline) -> started.add(pipeline.id());
      case Answer.NotFound<Pipeline>(var what) -> problems.add(ref + ": there is no " + what);
      case Answer.Refused<Pipeline>(_, var message, _, var more) -> {
        problems.add(ref + ": " + message);
        more.forEach(problem -> problems.add(problem.toString()));
      }
    }
  }
}
