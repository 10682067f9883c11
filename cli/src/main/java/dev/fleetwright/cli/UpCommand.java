package dev.fleetwright.cli;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Pipeline;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.Release;
import dev.fleetwright.api.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.RepositoryCache;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Try Fleetwright on a repository of your own: say what was found and understood, run the",
      "pipeline, make the release, show the plan, and deploy if you agree. Nothing is ever written",
      "into the repository."
    })
final class UpCommand implements Callable<Integer> {

  /// Of a job that failed; the page and `logs` have the rest.
  private static final int LAST_LINES = 15;

  /// `https://host/path` and `user@host:path`; everything else is a folder of this machine.
  private static final Pattern ELSEWHERE = Pattern.compile("://|^[^/]+:");

  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "PATH-OR-URL", description = "A Git repository.")
  private String repository = "";

  @Mixin private JobPlace jobs = new JobPlace();

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Where everything is kept; ./.fleetwright/up by default.")
  private Path data = Path.of(".fleetwright", "up");

  @Option(
      names = "--port",
      converter = PortNumber.class,
      description = "The port; any free one by default.")
  private int port;

  @Option(
      names = {"-y", "--yes"},
      description = "Deploy without asking.")
  private boolean yes;

  @Option(
      names = "--once",
      description = "End after the account and the pipeline; deploy only with --yes.")
  private boolean once;

  @Override
  public Integer call() throws IOException, InterruptedException {
    var address = address();
    var folder = Files.createDirectories(data.toAbsolutePath().normalize());
    account(address, folder);
    try (var server = InProcess.start(ServerOptions.local(folder, port, jobs.options()));
        var client = InProcess.client(server, folder)) {
      LocalServer.remember(folder, server.uri());
      var name = InitCommand.name(address);
      var code = run(client, name, address);
      if (!once) {
        output.line("");
        output.line("  Browser  " + client.loginLink().url());
        output.line("  Ctrl-C ends the server; what was deployed keeps running.");
        InProcess.awaitStop(server);
      }
      return code;
    }
  }

  /// An address as it is, a folder as its absolute path.
  private String address() {
    if (ELSEWHERE.matcher(repository).find()) {
      return repository;
    }
    var folder = Path.of(repository).toAbsolutePath().normalize();
    if (!Files.isDirectory(folder)) {
      throw new Refusal(ExitCode.NOT_FOUND, "there is no folder " + folder);
    }
    if (RepositoryCache.FileKey.resolve(folder.toFile(), FS.DETECTED) == null) {
      throw new Refusal(
          ExitCode.NOT_FOUND,
          folder + " is not a Git repository: name its top folder, or make it one with `git init`");
    }
    return folder.toString();
  }

  private int run(FleetwrightClient client, String name, String address)
      throws InterruptedException {
    Pipeline pipeline;
    if (client.projects(1).items().stream().anyMatch(p -> p.name().equals(name))) {
      var before = client.pipelines(name, 1).items().stream().findFirst();
      var _ = client.sync(name);
      pipeline =
          client.pipelines(name, 1).items().stream()
              .findFirst()
              .filter(p -> before.filter(b -> b.id() == p.id()).isEmpty())
              .orElseGet(() -> again(client, name));
    } else {
      var _ = client.addProject(new Project.Add(name, address, Optional.empty()));
      pipeline =
          client.pipelines(name, 1).items().stream()
              .findFirst()
              .orElseGet(() -> again(client, name));
    }
    output.line("");
    output.line(PipelineCommand.words(pipeline));
    var ended = new Following(client, output).pipeline(pipeline.id());
    tell(client, ended);
    return ended.status() == Pipeline.Status.FAILED
        ? ended.problems().isEmpty() ? ExitCode.FAILED : ExitCode.PROBLEMS
        : offer(client, name, ended);
  }

  /// Say what the repository's own commit holds, read from a clone that is thrown away: the account
  /// is of what will be built, not of what lies uncommitted in somebody's folder.
  private void account(String address, Path folder) throws IOException {
    var clone = Files.createTempDirectory(folder, "account-");
    try (var git =
        Git.cloneRepository()
            .setURI(address)
            .setDirectory(clone.toFile())
            .setCloneSubmodules(false)
            .call()) {
      var head = git.getRepository().resolve("HEAD");
      if (head == null) {
        throw new Refusal(ExitCode.NOT_FOUND, address + " has no commit yet");
      }
      output.line("%s at commit %s:".formatted(Terminal.clean(address), head.abbreviate(8).name()));
      var report = LintCommand.check(clone);
      report.account().forEach(line -> output.line("  " + Terminal.clean(line)));
      report.problems().forEach(problem -> output.line("  " + Terminal.clean(problem.toString())));
    } catch (GitAPIException e) {
      throw new Refusal(
          ExitCode.NOT_FOUND, "cannot read the repository " + address + ": " + e.getMessage());
    } finally {
      FileUtils.delete(clone.toFile(), FileUtils.RECURSIVE | FileUtils.SKIP_MISSING);
    }
  }

  private static Pipeline again(FleetwrightClient client, String name) {
    try {
      return client.runPipeline(
          name, new Pipeline.Run(Optional.empty(), Optional.empty(), Optional.empty()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(ExitCode.FAILED, "interrupted");
    }
  }

  private void tell(FleetwrightClient client, Pipeline pipeline) throws InterruptedException {
    for (var job : client.jobs(pipeline.id())) {
      output.line(
          "  %-10s %-30s %s"
              .formatted(
                  Terminal.clean(job.stage()),
                  Terminal.clean(job.name()),
                  Terminal.word(job.status())
                      + job.message().map(m -> ": " + Terminal.clean(m)).orElse("")));
      if (job.status() == Job.Status.FAILED && !job.allowFailure()) {
        lastLines(client, job.id()).forEach(line -> output.line("      " + line));
      }
    }
    pipeline.problems().forEach(problem -> output.line("  " + Terminal.clean(problem)));
    output.line("  pipeline " + Terminal.word(pipeline.status()));
  }

  private static Iterable<String> lastLines(FleetwrightClient client, long job)
      throws InterruptedException {
    var last = new ArrayDeque<String>();
    for (var chunk = client.jobLog(job, 0);
        !chunk.text().isEmpty();
        chunk = client.jobLog(job, chunk.to())) {
      Terminal.log(chunk.text()).lines().filter(line -> !line.isBlank()).forEach(last::add);
      while (last.size() > LAST_LINES) {
        last.removeFirst();
      }
    }
    return last;
  }

  private int offer(FleetwrightClient client, String name, Pipeline pipeline)
      throws InterruptedException {
    var release =
        client.releases(name, 1).items().stream()
            .filter(r -> r.pipeline() == pipeline.id())
            .findFirst();
    if (release.isEmpty()) {
      output.line("No release was made of it.");
      return ExitCode.DONE;
    }
    describe(release.get());
    for (var environment : client.environments(name)) {
      if (!environment.targets().isEmpty()
          && environment.live().isEmpty()
          && environment.underWay().isEmpty()) {
        var plan = client.plan(request(name, environment.name(), release.get(), Optional.empty()));
        output.line("");
        Wanted.words(plan).forEach(output::line);
        if (yes || (!once && Question.yes("Deploy this to " + environment.name() + "?"))) {
          var deploy =
              client.deploy(
                  request(name, environment.name(), release.get(), Optional.of(plan.hash())),
                  UUID.randomUUID().toString());
          var ended = new Following(client, output).deploy(deploy.id(), true);
          output.line(Following.words(ended));
          return ended.state() == Deploy.State.SUCCEEDED || !ended.gates().isEmpty()
              ? ExitCode.DONE
              : ExitCode.FAILED;
        }
        return ExitCode.DONE;
      }
    }
    if (client.environments(name).stream().allMatch(e -> e.targets().isEmpty())) {
      output.line(
          "No environment has a target: `fleetwright init` proposes a fleetwright.yml that names some.");
    }
    return ExitCode.DONE;
  }

  private void describe(Release release) {
    output.line("");
    output.line(
        "Release %s of commit %s".formatted(release.version(), release.sha().substring(0, 8)));
    for (var component : release.components()) {
      output.line(
          "  %s: %d file(s), %d bytes%s"
              .formatted(
                  component.name(),
                  component.files(),
                  component.size(),
                  component.image().map(i -> ", image " + Terminal.clean(i)).orElse("")));
    }
  }

  private static Deploy.Request request(
      String project, String environment, Release release, Optional<String> plan) {
    return new Deploy.Request(
        project,
        environment,
        Optional.of(release.id()),
        Optional.empty(),
        plan,
        Optional.of("fleetwright up"));
  }
}
