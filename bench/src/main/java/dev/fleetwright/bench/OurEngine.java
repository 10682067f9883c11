package dev.fleetwright.bench;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.engine.DeployPlanner;
import dev.fleetwright.core.engine.Engine;
import dev.fleetwright.core.engine.KillPoint;
import dev.fleetwright.core.engine.Pace;
import dev.fleetwright.core.engine.PipelineWork;
import dev.fleetwright.core.engine.Time;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobExecutor;
import dev.fleetwright.core.pipeline.JobOutcome;
import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Pipelines.NewPipeline;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.store.Database;
import dev.fleetwright.store.DiskBlobs;
import dev.fleetwright.store.DiskLogs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// The engine of the product on a database, with targets that do nothing: five of them, so that a
/// deploy has five steps.
final class OurEngine implements AutoCloseable {

  static final int STEPS = 5;
  private static final ProjectName PROJECT = new ProjectName("bench");
  private static final Actor SOMEBODY = new Actor("bench");

  final Database database;
  final NoOpTarget target = new NoOpTarget();
  final List<Environment> environments = new ArrayList<>();
  private final DiskLogs logs;
  private final List<Release> releases = new ArrayList<>();
  private final Engine engine;

  /// @param url of the database, nothing in it yet
  /// @param folder for blobs and logs
  OurEngine(String url, Path folder, int howManyEnvironments) throws IOException {
    database = Database.open(url);
    var blobs = new DiskBlobs(folder.resolve("blobs"));
    logs = new DiskLogs(folder.resolve("logs"));
    var planner = new Planner(_ -> target, blobs);
    var now = Instant.now();
    database
        .projects()
        .add(new Project(PROJECT, "https://git.example/bench", "main", now), SOMEBODY);
    for (var e = 0; e < howManyEnvironments; e++) {
      environments.add(
          database
              .environments()
              .define(
                  PROJECT,
                  new EnvironmentName("env-" + e),
                  Tier.guess("env"),
                  Optional.empty(),
                  Policy.NONE,
                  IntStream.range(0, STEPS)
                      .mapToObj(t -> new TargetBinding("t" + t, "nothing", Settings.NONE))
                      .toList(),
                  SOMEBODY,
                  now));
    }
    for (var version : List.of("one", "two")) {
      releases.add(release(blobs.put(version.getBytes(StandardCharsets.UTF_8)), version, now));
    }
    engine =
        new Engine(
            new Engine.Parts(
                "bench",
                database.deploys(),
                database.environments(),
                database.holds(),
                database.releases(),
                database.commitStatuses(),
                database.pipelines(),
                database.resourceGroups(),
                database.environmentLeases(),
                database.pipelineLeases(),
                database.feed(),
                logs,
                new DeployPlanner(
                    database.environments(),
                    database.releases(),
                    database.deploys(),
                    planner,
                    blobs),
                planner,
                _ -> target,
                (_, _, _) -> {
                  throw new IllegalStateException("nothing is analysed");
                },
                new NoJobs(),
                new NoPipelines(),
                (_, _) -> Optional.empty(),
                database.trains(),
                1,
                Time.SYSTEM,
                Pace.USUAL,
                KillPoint.NONE,
                Optional.empty()));
  }

  private Release release(Digest content, String version, Instant now) {
    var pipeline =
        database
            .pipelines()
            .add(
                new NewPipeline(
                    PROJECT,
                    new CommitSha("1a2b3c4d".repeat(5)),
                    "main",
                    false,
                    "push",
                    version,
                    "nobody",
                    List.of("build"),
                    List.<JobSpec>of(),
                    List.of(),
                    new TreeMap<>()),
                SOMEBODY,
                now);
    return database
        .releases()
        .add(
            PROJECT,
            new CommitSha("1a2b3c4d".repeat(5)),
            "main",
            version,
            "nobody",
            pipeline.id(),
            List.of(
                new Component(
                    "app",
                    List.of(new TreeEntry.File("version", content, version.length(), false)),
                    Settings.NONE)),
            SOMEBODY,
            now);
  }

  void start() {
    engine.start();
  }

  /// Ask for the n-th deploy of an environment.
  void submit(int environment, int number) {
    var _ =
        database
            .deploys()
            .add(
                DeployRequest.start(
                    environments.get(environment).id(), releases.get(number % 2).id()),
                SOMEBODY,
                Instant.now());
  }

  @Override
  public void close() {
    engine.close();
    logs.close();
    database.close();
  }

  private static final class NoJobs implements JobExecutor {
    @Override
    public JobOutcome run(JobOrder order, JobLog log) {
      throw new IllegalStateException("there are no jobs");
    }

    @Override
    public int endStrays() {
      return 0;
    }
  }

  private static final class NoPipelines implements PipelineWork {
    @Override
    public boolean isProtected(Pipeline pipeline) {
      return false;
    }

    @Override
    public JobExecutor.JobOrder order(Pipeline pipeline, Job job, List<Job> jobs) {
      throw new IllegalStateException("there are no jobs");
    }

    @Override
    public Started trigger(Pipeline pipeline, Job job, List<Job> jobs) {
      throw new IllegalStateException("there are no jobs");
    }

    @Override
    public boolean isReleased(Pipeline pipeline) {
      return false;
    }

    @Override
    public Made release(Pipeline pipeline, List<Job> jobs, int attempt) {
      return new Made.Impossible(List.of("there are no jobs"));
    }

    @Override
    public Job.Keeping keeping(Job job, Instant ended) {
      throw new IllegalStateException("there are no jobs");
    }

    @Override
    public Optional<Pipeline> mirrored(Job job) {
      throw new IllegalStateException("there are no jobs");
    }

    @Override
    public void succeeded(Job job) {
      throw new IllegalStateException("there are no jobs");
    }

    @Override
    public Optional<Objection> objection(Pipeline pipeline, Job job, List<Job> jobs) {
      throw new IllegalStateException("there are no jobs");
    }

    @Override
    public Begun deploy(Pipeline pipeline, Job job, List<Job> jobs) {
      return new Begun.NotYet();
    }
  }
}
