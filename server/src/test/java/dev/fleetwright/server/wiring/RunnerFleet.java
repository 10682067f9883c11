package dev.fleetwright.server.wiring;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.Runner;
import dev.fleetwright.api.ServerOptions;
import dev.fleetwright.api.ServerOptions.Executor;
import dev.fleetwright.api.ServerOptions.Jobs;
import dev.fleetwright.api.ServerOptions.Runners;
import dev.fleetwright.server.runner.RunnerDouble;
import dev.fleetwright.server.runner.RunnerJob;
import dev.fleetwright.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A server, projects in it, and runners that ask it for jobs.
final class RunnerFleet implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final ServerOptions options;
  private ServerUnderTest server;
  private FleetwrightClient client;
  private int runners;

  RunnerFleet(Path folder) {
    this(folder, Executor.AUTO, Runners.USUAL);
  }

  RunnerFleet(Path folder, Executor executor, Runners runners) {
    this.folder = folder;
    this.options =
        ServerOptions.local(
            folder.resolve("server"),
            0,
            new Jobs(
                executor,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Jobs.USUAL_CACHE_BYTES,
                Optional.of(Jobs.USUAL_ARTIFACTS_KEPT),
                runners));
    this.server = ServerUnderTest.first(options);
    this.client = server.client();
  }

  ServerUnderTest server() {
    return server;
  }

  FleetwrightClient client() {
    return client;
  }

  /// Stop the server and start it again at the same address.
  void restart() {
    var token = server.token();
    var port = server.uri().getPort();
    stop();
    server =
        ServerUnderTest.again(ServerOptions.local(options.data(), port, options.jobs()), token);
    client = server.client();
  }

  void stop() {
    client.close();
    server.close();
  }

  /// Add a project with one commit, and with it its first pipeline.
  ///
  /// @param pipeline the text of `.gitlab-ci.yml`
  Pipeline project(String name, String pipeline) throws Exception {
    var repository = GitFolder.empty(folder.resolve("repository-" + name));
    repository.write(".gitlab-ci.yml", pipeline).commit("Build");
    client.addProject(new Project.Add(name, repository.folder().toString(), Optional.empty()));
    Eventually.within(PATIENCE, "the first pipeline of " + name, () -> !pipelines(name).isEmpty());
    return pipelines(name).getFirst();
  }

  GitFolder repository(String name) throws Exception {
    return GitFolder.at(folder.resolve("repository-" + name));
  }

  private List<Pipeline> pipelines(String project) {
    try {
      return client.pipelines(project, 1).items();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// A runner for all projects, that takes jobs with these tags.
  RunnerDouble runner(String... tags) throws Exception {
    return runner(
        new Runner.Make(
            "runner " + ++runners,
            Optional.empty(),
            Optional.of(Arrays.asList(tags)),
            Optional.of(tags.length == 0),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  RunnerDouble runner(Runner.Make make) throws Exception {
    var made = client.makeRunner(make);
    var runner = new RunnerDouble(server.uri(), made.token(), folder.resolve("builds"));
    if (runner.verify() != made.runner().id()) {
      throw new AssertionError("verify answers with another runner's id");
    }
    return runner;
  }

  /// Let runners work until a pipeline has ended.
  ///
  /// @return the jobs that they ran, in order
  List<RunnerJob> work(Pipeline pipeline, RunnerDouble... workers) throws Exception {
    var ran = new ArrayList<RunnerJob>();
    var until = System.nanoTime() + PATIENCE.toNanos();
    while (!status(pipeline).finished()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("pipeline does not end: " + jobs(pipeline));
      }
      for (var worker : workers) {
        var job = worker.request();
        if (job.isPresent()) {
          var _ = job.get().run();
          ran.add(job.get());
        }
      }
    }
    return ran;
  }

  Pipeline.Status status(Pipeline pipeline) throws Exception {
    return client.pipeline(pipeline.id()).status();
  }

  List<Job> jobs(Pipeline pipeline) throws Exception {
    return client.jobs(pipeline.id());
  }

  Job job(Pipeline pipeline, String name) throws Exception {
    return jobs(pipeline).stream().filter(j -> j.name().equals(name)).findFirst().orElseThrow();
  }

  /// Wait until a job has a status.
  Job await(Pipeline pipeline, String name, Job.Status status) {
    Eventually.within(
        PATIENCE,
        () -> "job %s to be %s; it is %s".formatted(name, status, now(pipeline, name)),
        () -> now(pipeline, name).status() == status);
    return now(pipeline, name);
  }

  private Job now(Pipeline pipeline, String name) {
    try {
      return job(pipeline, name);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /// Have a project's repository looked at, until it has so many pipelines.
  ///
  /// @return the newest
  Pipeline fetched(String project, int pipelines) throws Exception {
    var _ = client.sync(project);
    Eventually.within(
        PATIENCE,
        "pipeline %d of %s".formatted(pipelines, project),
        () -> pipelines(project).size() >= pipelines);
    return pipelines(project).getFirst();
  }

  /// The page of a job.
  String pageOf(String project, long job) {
    try {
      return server.page("/projects/" + project + "/jobs/" + job);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Whether anything runs in an environment.
  boolean isLive(String project, String environment) {
    try {
      return !client.environment(project, environment).live().isEmpty();
    } catch (RequestFailed e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  String log(Job job) throws Exception {
    return client.jobLog(job.id(), 0).text();
  }

  @Override
  public void close() {
    stop();
  }
}
