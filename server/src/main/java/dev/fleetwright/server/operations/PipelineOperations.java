package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.pipeline.AutoCancel;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.PipelineMachine;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.pipeline.Pipelines.NewPipeline;
import dev.fleetwright.core.pipeline.ProcessMode;
import dev.fleetwright.core.pipeline.ResourceGroups;
import dev.fleetwright.core.pipeline.ResourceGroups.ResourceGroup;
import dev.fleetwright.core.pipeline.Trigger;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.project.Repositories.Commit;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import dev.fleetwright.pipeline.gitlab.PipelineFile;
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
import java.util.regex.Pattern;

/// Starting pipelines, and playing, retrying and cancelling their jobs.
public final class PipelineOperations {

  static final String FILE = ".gitlab-ci.yml";
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Projects projects;
  private final Pipelines pipelines;
  private final ResourceGroups resourceGroups;
  private final DeployOperations deployOperations;
  private final Repositories repositories;
  private final Inclusions inclusions;
  private final Contexts contexts;
  private final InstantSource clock;

  PipelineOperations(
      Projects projects,
      Pipelines pipelines,
      ResourceGroups resourceGroups,
      DeployOperations deployOperations,
      Repositories repositories,
      Inclusions inclusions,
      Contexts contexts,
      InstantSource clock) {
    this.projects = projects;
    this.pipelines = pipelines;
    this.resourceGroups = resourceGroups;
    this.deployOperations = deployOperations;
    this.repositories = repositories;
    this.inclusions = inclusions;
    this.contexts = contexts;
    this.clock = clock;
  }

  /// Run the pipeline of a branch, tag or commit, as the mirror has it.
  ///
  /// @param source `API` or `WEB`
  /// @param variables override those of the file
  /// @param inputs values for the file's `spec: inputs`, as texts
  public Answer<Pipeline> run(
      ProjectName project,
      String ref,
      Source source,
      Map<String, String> variables,
      Map<String, String> inputs,
      Actor by) {
    var found = projects.find(project);
    if (found.isEmpty()) {
      return Answer.notFound("project " + project);
    }
    var wrong = variables.keySet().stream().filter(n -> !VARIABLE.matcher(n).matches()).findFirst();
    if (wrong.isPresent()) {
      return badVariable(wrong.get());
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
    return start(
        new Wish(
            found.get(),
            sha.get(),
            Optional.empty(),
            name,
            tag,
            source,
            variables,
            Optional.empty(),
            false,
            by),
        inputs);
  }

  /// Build a commit again, for newer packages of what it is built on: a new pipeline of the same
  /// commit, branch and variables, and with it a new release with digests of its own. What there is
  /// stays as it is, and so does the order of commits: an old commit that is built again is not
  /// newer than those after it.
  ///
  /// @param id any pipeline of the commit
  /// @param cause where it is to be done once for each cause
  public Answer<Pipeline> rebuild(long id, Source source, Optional<String> cause, Actor by) {
    var found = pipelines.find(id);
    if (found.isEmpty()) {
      return Answer.notFound("pipeline " + id);
    } else if (found.get().parent().isPresent()) {
      return Answer.refused(
          "downstream_pipeline",
          "pipeline #%d was started by a job of another one".formatted(found.get().number()),
          "build that one again");
    }
    var first = pipelines.rebuildOf(id).flatMap(pipelines::find).orElse(found.get());
    var project = projects.find(first.project()).orElseThrow();
    return start(
        new Wish(
            project,
            first.sha(),
            Optional.empty(),
            first.ref(),
            first.tag(),
            source,
            first.variables(),
            Optional.empty(),
            false,
            by),
        wanted ->
            Answer.done(pipelines.addRebuild(wanted, first.id(), cause, by, clock.instant())));
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
    if (already.isPresent()) {
      supersede(already.get());
      return Answer.done(already.get());
    }
    return start(
        new Wish(project, sha, before, ref, tag, Source.PUSH, Map.of(), Optional.empty(), true, by),
        Map.of());
  }

  /// Which pipeline is to be started.
  ///
  /// @param before that the branch was at, for a push
  /// @param variables that it is started with
  /// @param parent the job that starts it
  /// @param recordProblems whether a file that cannot be used gives a failed pipeline that says why
  record Wish(
      Project project,
      CommitSha sha,
      Optional<CommitSha> before,
      String ref,
      boolean tag,
      Source source,
      Map<String, String> variables,
      Optional<Long> parent,
      boolean recordProblems,
      Actor by) {}

  private Answer<Pipeline> start(Wish wish, Map<String, String> inputs) {
    var tree = new MirrorTree(repositories, wish.project().name(), wish.sha());
    return tree.paths().contains(FILE)
        ? start(wish, PipelineReader.read(tree, FILE, inclusions.forOne(), inputs))
        : noFile(wish);
  }

  Answer<Pipeline> start(Wish wish, PipelineFile file) {
    return start(wish, file, wanted -> add(wanted, wish.by()));
  }

  private Answer<Pipeline> add(NewPipeline wanted, Actor by) {
    var pipeline = pipelines.add(wanted, by, clock.instant());
    supersede(pipeline);
    return Answer.done(pipeline);
  }

  /// The same for the default file of the commit.
  Answer<Pipeline> start(Wish wish) {
    return start(wish, wanted -> add(wanted, wish.by()));
  }

  /// The pipeline of the default file of a commit, put on record in another way.
  Answer<Pipeline> start(Wish wish, Function<NewPipeline, Answer<Pipeline>> add) {
    var tree = new MirrorTree(repositories, wish.project().name(), wish.sha());
    return tree.paths().contains(FILE)
        ? start(wish, PipelineReader.read(tree, FILE, inclusions.forOne()), add)
        : noFile(wish);
  }

  private static Answer<Pipeline> noFile(Wish wish) {
    return Answer.refused(
        "no_pipeline_file",
        "commit %s of %s has no `%s`".formatted(wish.sha().brief(), wish.project().name(), FILE),
        "add one; `script:` is all that a first job needs");
  }

  private Answer<Pipeline> start(
      Wish wish, PipelineFile file, Function<NewPipeline, Answer<Pipeline>> add) {
    var context =
        contexts.ofNew(
            wish.project(),
            wish.sha(),
            wish.before(),
            wish.ref(),
            wish.tag(),
            wish.source(),
            wish.by().name(),
            wish.variables());
    return switch (file.plan(context)) {
      case PipelineGraph graph -> add.apply(pipeline(wish, graph, List.of()));
      case Planned.NotWanted(var reason) ->
          Answer.refused("no_pipeline_wanted", reason, "look at `workflow:rules`");
      case Planned.Refused(var problems) -> {
        var errors = problems.stream().filter(Problem::isError).toList();
        if (wish.recordProblems()) {
          var nothing =
              new PipelineGraph(
                  "", List.of(), List.of(), AutoCancel.USUAL, new TreeMap<>(), List.of());
          var lines = errors.stream().map(Problem::toString).toList();
          var _ = pipelines.add(pipeline(wish, nothing, lines), wish.by(), clock.instant());
        }
        yield new Answer.Refused<>(
            "bad_pipeline_file",
            "`%s` of commit %s has %s"
                .formatted(
                    FILE,
                    wish.sha().brief(),
                    errors.size() == 1 ? "a mistake" : errors.size() + " mistakes"),
            "put right what is listed; `fleetwright lint` says the same offline",
            problems);
      }
    };
  }

  private NewPipeline pipeline(Wish wish, PipelineGraph graph, List<String> problems) {
    var commit = contexts.commit(wish.project(), wish.sha());
    return new NewPipeline(
        wish.project().name(),
        wish.sha(),
        wish.ref(),
        wish.tag(),
        wish.source().keyword(),
        commit.map(Commit::title).orElse(""),
        commit.map(Commit::authorName).orElse(""),
        graph.stages(),
        graph.jobs(),
        problems,
        new TreeMap<>(wish.variables()),
        graph.name(),
        graph.autoCancel(),
        wish.parent());
  }

  /// End what is needless now of older pipelines of the branch, for other commits, as their files
  /// say. Not for a schedule: it comes by itself and says nothing about what is newer. Repeating it
  /// ends nothing more.
  private void supersede(Pipeline pipeline) {
    if (pipeline.source().equals(Source.SCHEDULE.keyword()) || pipeline.parent().isPresent()) {
      return;
    }
    var by = new Actor("newer pipeline #" + pipeline.number());
    for (var older : pipelines.unfinished(pipeline.project(), pipeline.ref())) {
      if (older.id() < pipeline.id() && !older.sha().equals(pipeline.sha())) {
        cancel(older, jobs -> PipelineMachine.superseded(older.autoCancel(), jobs), by);
      }
    }
  }

  private void cancel(Pipeline pipeline, Function<List<Job>, List<Job>> which, Actor by) {
    for (var job : pipelines.cancel(pipeline.id(), which, by, clock.instant())) {
      if (job.deploy().isPresent()) {
        // One that ends by itself meanwhile needs no cancelling.
        var _ = deployOperations.cancel(job.deploy().get(), by);
      }
      cancelChild(job, by);
    }
  }

  /// A child is a part of the pipeline that started it, and ends with it. A pipeline of another
  /// project does not.
  private void cancelChild(Job job, Actor by) {
    if (job.spec().trigger().isPresent()) {
      pipelines
          .startedBy(job.id())
          .filter(Pipeline::isChild)
          .ifPresent(child -> cancel(child, PipelineOperations::unfinished, by));
    }
  }

  private static List<Job> unfinished(List<Job> jobs) {
    return jobs.stream().filter(job -> !job.status().finished()).toList();
  }

  /// Let a manual job run, or a delayed one at once.
  ///
  /// @param variables for this job; they win over all others, also when it is run again
  public Answer<Job> play(long job, Map<String, String> variables, Actor by) {
    var wrong = variables.keySet().stream().filter(n -> !VARIABLE.matcher(n).matches()).findFirst();
    if (wrong.isPresent()) {
      return badVariable(wrong.get());
    }
    return change(
        job,
        by,
        "not_playable",
        "only a manual or a delayed job can be played",
        found ->
            switch (found.status()) {
              case MANUAL, SCHEDULED ->
                  Optional.of(with(found, JobStatus.PENDING).withGiven(variables));
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

  /// What is wrong with the names of variables, where something is.
  static Optional<String> wrongVariable(Map<String, String> variables) {
    return variables.keySet().stream()
        .filter(name -> !VARIABLE.matcher(name).matches())
        .findFirst()
        .map("`%s` cannot be a variable's name"::formatted);
  }

  private static <T> Answer<T> badVariable(String name) {
    return Answer.refused(
        "bad_variable",
        "`%s` cannot be a variable's name".formatted(name),
        "use letters, digits and `_`, and no digit in front");
  }

  /// End a job. A job that stands for a deploy is ended by cancelling the deploy.
  public Answer<Job> cancel(long job, Actor by) {
    var deploy = pipelines.job(job).filter(j -> !j.status().finished()).flatMap(Job::deploy);
    if (deploy.isPresent()) {
      return deployOperations
          .cancel(deploy.get(), by)
          .then(_ -> Answer.done(pipelines.job(job).orElseThrow()));
    }
    pipelines.job(job).filter(j -> !j.status().finished()).ifPresent(j -> cancelChild(j, by));
    return change(
        job,
        by,
        "not_cancellable",
        "the job has ended",
        found ->
            found.status().finished()
                ? Optional.empty()
                : Optional.of(with(found, JobStatus.CANCELED)));
  }

  /// End all jobs of a pipeline that have not ended, and what they started.
  public Answer<Pipeline> cancelAll(long pipeline, Actor by) {
    var found = pipelines.find(pipeline);
    if (found.isEmpty()) {
      return Answer.notFound("pipeline " + pipeline);
    }
    cancel(found.get(), PipelineOperations::unfinished, by);
    // What was started and not waited for goes on after the job that started it.
    pipelines.jobs(pipeline).forEach(job -> cancelChild(job, by));
    return Answer.done(pipelines.find(pipeline).orElseThrow());
  }

  /// Run again all jobs of a pipeline that failed or were cancelled.
  public Answer<Pipeline> retryAll(long pipeline, Actor by) {
    if (pipelines.find(pipeline).isEmpty()) {
      return Answer.notFound("pipeline " + pipeline);
    }
    var failed =
        pipelines.jobs(pipeline).stream()
            .filter(j -> j.status() == JobStatus.FAILED || j.status() == JobStatus.CANCELED)
            .toList();
    if (failed.isEmpty()) {
      return Answer.refused(
          "nothing_to_retry", "no job of this pipeline failed or was cancelled", "");
    }
    reopen(pipelines.find(pipeline).orElseThrow(), by);
    // Nothing has come before a job that did not run before the pipeline ended: its turn is decided
    // anew. One that ran is run.
    for (var job : failed) {
      var ran = job.startedAt().isPresent() || job.status() == JobStatus.FAILED;
      if (ran) {
        var _ = pipelines.retry(job.id(), by, clock.instant());
      } else {
        var again = job.withStatus(JobStatus.CREATED).finishedAt(Optional.empty());
        var _ = pipelines.change(again, JobStatus.CANCELED, by, clock.instant(), Optional.empty());
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
    pipelines.find(found.get().pipeline()).ifPresent(pipeline -> reopen(pipeline, by));
    return Answer.done(retried.get());
  }

  /// A job that waited for this pipeline waits for it again.
  private void reopen(Pipeline pipeline, Actor by) {
    var bridge = pipeline.parent().flatMap(pipelines::job);
    var follows =
        bridge
            .flatMap(job -> job.spec().trigger())
            .filter(trigger -> trigger.follow() != Trigger.Follow.START);
    if (follows.isPresent() && bridge.get().status().finished()) {
      var again = with(bridge.get(), JobStatus.RUNNING);
      if (pipelines.change(again, bridge.get().status(), by, clock.instant(), Optional.empty())) {
        pipelines.find(bridge.get().pipeline()).ifPresent(upper -> reopen(upper, by));
      }
    }
  }

  /// The resource groups that jobs of a project have asked for so far.
  public List<ResourceGroup> resourceGroups(ProjectName project) {
    return resourceGroups.of(project);
  }

  /// Change whose turn it is in a resource group. Those that wait are asked anew at once.
  public Answer<ResourceGroup> order(
      ProjectName project, String group, ProcessMode mode, Actor by) {
    var _ = resourceGroups.order(project, group, mode, by, clock.instant());
    return resourceGroups.of(project).stream()
        .filter(g -> g.name().equals(group))
        .findFirst()
        .map(Answer::done)
        .orElseGet(() -> Answer.notFound("resource group `" + group + "`"));
  }

  private Answer<Job> change(
      long id, Actor by, String code, String message, Function<Job, Optional<Job>> to) {
    for (var found = pipelines.job(id); found.isPresent(); found = pipelines.job(id)) {
      var job = found.get();
      var changed = to.apply(job);
      if (changed.isEmpty()) {
        return Answer.refused(
            code, message + "; this one is " + job.status().keyword().replace('_', ' '), "");
      }
      if (pipelines.change(changed.get(), job.status(), by, clock.instant(), Optional.empty())) {
        return Answer.done(changed.get());
      }
    }
    return Answer.notFound("job " + id);
  }

  private Job with(Job job, JobStatus status) {
    return job.withStatus(status)
        .finishedAt(status.finished() ? Optional.of(clock.instant()) : Optional.empty());
  }
}
