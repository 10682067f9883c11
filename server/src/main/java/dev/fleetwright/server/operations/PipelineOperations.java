package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.pipeline.Pipelines.NewPipeline;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.project.Repositories.Commit;
import dev.fleetwright.pipeline.gitlab.AutoCancel;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import dev.fleetwright.pipeline.gitlab.PipelineGraph;
import dev.fleetwright.pipeline.gitlab.PipelineReader;
import dev.fleetwright.pipeline.gitlab.Planned;
import dev.fleetwright.pipeline.problem.Problem;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// Starting pipelines, and playing, retrying and cancelling their jobs.
public final class PipelineOperations {

  static final String FILE = ".gitlab-ci.yml";

  private final Projects projects;
  private final Pipelines pipelines;
  private final DeployOperations deployOperations;
  private final Repositories repositories;
  private final Contexts contexts;
  private final InstantSource clock;

  PipelineOperations(
      Projects projects,
      Pipelines pipelines,
      DeployOperations deployOperations,
      Repositories repositories,
      Contexts contexts,
      InstantSource clock) {
    this.projects = projects;
    this.pipelines = pipelines;
    this.deployOperations = deployOperations;
    this.repositories = repositories;
    this.contexts = contexts;
    this.clock = clock;
  }

  /// Run the pipeline of a branch, tag or commit, as the mirror has it.
  ///
  /// @param source `API` or `WEB`
  /// @param variables override those of the file
  public Answer<Pipeline> run(
      ProjectName project, String ref, Source source, Map<String, String> variables, Actor by) {
    var found = projects.find(project);
    if (found.isEmpty()) {
      return Answer.notFound("project " + project);
    }
    Optional<CommitSha> sha;
    Map<String, CommitSha> references;
    try {
      sha = repositories.resolve(project, ref);
      references = repositories.references(project);
    } catch (IOException e) {
      return Answer.refused(
          "repository_unreadable", "the mirror cannot be read: " + e.getMessage(), "");
    }
    if (sha.isEmpty()) {
      return Answer.refused(
          "no_such_ref",
          "there is no branch, tag or commit `%s` in %s".formatted(ref, project),
          "push it, or look at `fleetwright project sync`");
    }
    var tag = references.containsKey("refs/tags/" + ref);
    // A bare commit is run as if it were on the default branch, as far as rules ask.
    var name =
        tag || references.containsKey("refs/heads/" + ref) ? ref : found.get().defaultBranch();
    return start(found.get(), sha.get(), Optional.empty(), name, tag, source, variables, false, by);
  }

  /// Run the pipeline of a push. A file that cannot be used gives a failed pipeline that says why,
  /// so that whoever pushed finds out; a file that wants no pipeline gives none.
  Answer<Pipeline> pushed(
      Project project,
      CommitSha sha,
      Optional<CommitSha> before,
      String ref,
      boolean tag,
      Actor by) {
    // After a crash between the pipeline and the note that this push was seen, it comes again.
    var already =
        pipelines.of(project.name(), 100, 0).stream()
            .filter(p -> p.sha().equals(sha) && p.ref().equals(ref) && p.source().equals("push"))
            .findFirst();
    return already.isPresent()
        ? Answer.done(already.get())
        : start(project, sha, before, ref, tag, Source.PUSH, Map.of(), true, by);
  }

  private Answer<Pipeline> start(
      Project project,
      CommitSha sha,
      Optional<CommitSha> before,
      String ref,
      boolean tag,
      Source source,
      Map<String, String> variables,
      boolean recordProblems,
      Actor by) {
    var tree = new MirrorTree(repositories, project.name(), sha);
    if (!tree.paths().contains(FILE)) {
      return Answer.refused(
          "no_pipeline_file",
          "commit %s of %s has no `%s`".formatted(sha.brief(), project.name(), FILE),
          "add one; `script:` is all that a first job needs");
    }
    var file = PipelineReader.read(tree, FILE);
    var context = contexts.ofNew(project, sha, before, ref, tag, source, by.name(), variables);
    var planned = file.plan(context);
    return switch (planned) {
      case PipelineGraph graph ->
          Answer.done(
              pipelines.add(
                  pipeline(project, sha, ref, tag, source, variables, graph, List.of()),
                  by,
                  clock.instant()));
      case Planned.NotWanted(var reason) ->
          Answer.refused("no_pipeline_wanted", reason, "look at `workflow:rules`");
      case Planned.Refused(var problems) -> {
        var errors = problems.stream().filter(Problem::isError).toList();
        if (recordProblems) {
          var _ =
              pipelines.add(
                  pipeline(
                      project,
                      sha,
                      ref,
                      tag,
                      source,
                      variables,
                      new PipelineGraph(
                          "", List.of(), List.of(), AutoCancel.USUAL, new TreeMap<>(), List.of()),
                      errors.stream().map(Problem::toString).toList()),
                  by,
                  clock.instant());
        }
        yield new Answer.Refused<>(
            "bad_pipeline_file",
            "`%s` of commit %s has %s"
                .formatted(
                    FILE,
                    sha.brief(),
                    errors.size() == 1 ? "a mistake" : errors.size() + " mistakes"),
            "put right what is listed; `fleetwright lint` says the same offline",
            problems);
      }
    };
  }

  private NewPipeline pipeline(
      Project project,
      CommitSha sha,
      String ref,
      boolean tag,
      Source source,
      Map<String, String> variables,
      PipelineGraph graph,
      List<String> problems) {
    var commit = contexts.commit(project, sha);
    return new NewPipeline(
        project.name(),
        sha,
        ref,
        tag,
        source.keyword(),
        commit.map(Commit::title).orElse(""),
        commit.map(Commit::authorName).orElse(""),
        graph.stages(),
        graph.jobs(),
        problems,
        new TreeMap<>(variables));
  }

  /// Let a manual job run, or a delayed one at once.
  public Answer<Job> play(long job, Actor by) {
    return change(
        job,
        by,
        "not_playable",
        "only a manual or a delayed job can be played",
        found ->
            switch (found.status()) {
              case MANUAL, SCHEDULED -> Optional.of(JobStatus.PENDING);
              case CREATED,
                  PENDING,
                  RUNNING,
                  SUCCESS,
                  FAILED,
                  CANCELED,
                  SKIPPED,
                  WAITING_FOR_RESOURCE ->
                  Optional.empty();
            });
  }

  /// End a job. A job that stands for a deploy is ended by cancelling the deploy.
  public Answer<Job> cancel(long job, Actor by) {
    var deploy = pipelines.job(job).filter(j -> !j.status().finished()).flatMap(Job::deploy);
    if (deploy.isPresent()) {
      return deployOperations
          .cancel(deploy.get(), by)
          .then(_ -> Answer.done(pipelines.job(job).orElseThrow()));
    }
    return change(
        job,
        by,
        "not_cancellable",
        "the job has ended",
        found -> found.status().finished() ? Optional.empty() : Optional.of(JobStatus.CANCELED));
  }

  /// End all jobs of a pipeline that have not ended.
  public Answer<Pipeline> cancelAll(long pipeline, Actor by) {
    if (pipelines.find(pipeline).isEmpty()) {
      return Answer.notFound("pipeline " + pipeline);
    }
    for (var job : pipelines.jobs(pipeline)) {
      if (!job.status().finished()) {
        // One that ends by itself meanwhile needs no cancelling.
        var _ = cancel(job.id(), by);
      }
    }
    return Answer.done(pipelines.find(pipeline).orElseThrow());
  }

  /// Run a job that has ended again, and give those after it their turn again.
  public Answer<Job> retry(long job, Actor by) {
    var found = pipelines.job(job);
    if (found.isEmpty()) {
      return Answer.notFound("job " + job);
    }
    var retried = pipelines.retry(job, by, clock.instant());
    if (retried.isEmpty()) {
      return Answer.refused("not_retryable", "the job has not ended, or was run again already", "");
    }
    for (var other : pipelines.jobs(found.get().pipeline())) {
      if (other.status() == JobStatus.SKIPPED) {
        var again = with(other, JobStatus.CREATED);
        var _ = pipelines.change(again, JobStatus.SKIPPED, by, clock.instant(), Optional.empty());
      }
    }
    return Answer.done(retried.get());
  }

  private Answer<Job> change(
      long id, Actor by, String code, String message, Function<Job, Optional<JobStatus>> to) {
    for (var found = pipelines.job(id); found.isPresent(); found = pipelines.job(id)) {
      var job = found.get();
      var status = to.apply(job);
      if (status.isEmpty()) {
        return Answer.refused(
            code, message + "; this one is " + job.status().keyword().replace('_', ' '), "");
      }
      var changed = with(job, status.get());
      if (pipelines.change(changed, job.status(), by, clock.instant(), Optional.empty())) {
        return Answer.done(changed);
      }
    }
    return Answer.notFound("job " + id);
  }

  private Job with(Job job, JobStatus status) {
    return job.withStatus(status)
        .finishedAt(status.finished() ? Optional.of(clock.instant()) : Optional.empty());
  }
}
