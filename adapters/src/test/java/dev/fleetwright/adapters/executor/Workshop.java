package dev.fleetwright.adapters.executor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fleetwright.adapters.git.GitRepositories;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Aftermath;
import dev.fleetwright.core.pipeline.JobExecutor.JobLog;
import dev.fleetwright.core.pipeline.JobExecutor.JobOrder;
import dev.fleetwright.core.pipeline.JobOutcome;
import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.JobSpec.AllowFailure;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import dev.fleetwright.core.pipeline.JobSpec.Retry;
import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.secret.Secret;
import dev.fleetwright.testkit.DirectoryBlobs;
import dev.fleetwright.testkit.Needs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// A repository with one commit, its mirror, a blob store and an executor: all real.
final class Workshop implements AutoCloseable {

  static final ProjectName SHOP = new ProjectName("shop");

  final Path folder;
  final Path builds;
  final Blobs blobs;
  final FolderOfCaches caches;
  final GitRepositories repositories;
  final BuiltInExecutor executor;
  final CommitSha sha;

  private Workshop(Path folder, BuiltInExecutor.Settings settings, BuiltInExecutor.Limits limits)
      throws IOException {
    this.folder = folder;
    this.builds = folder.resolve("builds");
    this.blobs = new DirectoryBlobs(folder.resolve("blobs"));
    this.caches = new FolderOfCaches(folder.resolve("caches"));
    this.repositories = new GitRepositories(folder.resolve("mirrors"), true);
    this.executor =
        new BuiltInExecutor(
            builds, repositories, blobs, caches, Clock.systemUTC(), settings, limits);
    repositories.fetch(SHOP, folder.resolve("remote").toString());
    this.sha = repositories.resolve(SHOP, "main").orElseThrow();
  }

  /// A workshop whose patience is short.
  static Workshop open(Path folder) throws IOException {
    return open(folder, BuiltInExecutor.Settings.USUAL);
  }

  static Workshop open(Path folder, BuiltInExecutor.Settings settings) throws IOException {
    var usual = BuiltInExecutor.Limits.USUAL;
    return open(
        folder,
        settings,
        new BuiltInExecutor.Limits(
            usual.logBytes(), Duration.ofSeconds(1), Duration.ofSeconds(20), usual.artifacts()));
  }

  static Workshop open(Path folder, BuiltInExecutor.Limits limits) throws IOException {
    return open(folder, BuiltInExecutor.Settings.USUAL, limits);
  }

  static Workshop open(
      Path folder, BuiltInExecutor.Settings settings, BuiltInExecutor.Limits limits)
      throws IOException {
    var remote = folder.resolve("remote");
    if (!Files.exists(remote)) {
      Files.createDirectories(remote.resolve("src"));
      Files.writeString(remote.resolve("src/Main.java"), "class Main {}\n");
      Files.writeString(remote.resolve("README.md"), "# shop\n");
      Files.createSymbolicLink(remote.resolve("link"), Path.of("src"));
      git(remote, "init", "-q", "-b", "main");
      git(remote, "add", "-A");
      git(
          remote,
          "-c",
          "user.name=Ada",
          "-c",
          "user.email=a@example.org",
          "commit",
          "-qm",
          "first");
    }
    return new Workshop(folder, settings, limits);
  }

  private static void git(Path folder, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(Needs.tool("git").toString()));
    command.addAll(List.of(arguments));
    try {
      if (new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start().waitFor()
          != 0) {
        throw new AssertionError(command);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Job job(String... script) {
    return new Job(List.of(script));
  }

  @Override
  public void close() {
    repositories.close();
  }

  /// A job being described, then run.
  final class Job {
    private final List<String> script;
    private final TreeMap<String, String> variables = new TreeMap<>();
    private final List<Secret> secrets = new ArrayList<>();
    private final List<ArtifactSpec> artifacts = new ArrayList<>();
    private List<String> afterScript = List.of();
    private Workplace workplace = Workplace.BARE;
    private List<TreeEntry> before = List.of();
    private Duration timeout = Duration.ofMinutes(1);
    private CommitSha commit = sha;
    private boolean trusted = true;
    private long id = 17;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private Job(List<String> script) {
      this.script = script;
    }

    Job afterScript(String... lines) {
      afterScript = List.of(lines);
      return this;
    }

    Job variable(String name, String value) {
      variables.put(name, value);
      return this;
    }

    Job secret(String value) {
      secrets.add(Secret.of(value));
      return this;
    }

    Job keeps(String... paths) {
      return keeps(ArtifactSpec.Keep.ON_SUCCESS, Optional.empty(), List.of(), false, paths);
    }

    Job reports(String kind, String... paths) {
      return keeps(ArtifactSpec.Keep.ON_SUCCESS, Optional.of(kind), List.of(), false, paths);
    }

    Job keeps(
        ArtifactSpec.Keep when,
        Optional<String> report,
        List<String> exclude,
        boolean untracked,
        String... paths) {
      artifacts.add(
          new ArtifactSpec(
              Optional.empty(),
              List.of(paths),
              exclude,
              untracked,
              when,
              new ArtifactSpec.Expiry.Usual(),
              ArtifactSpec.Access.ALL,
              Optional.empty(),
              report));
      return this;
    }

    Job in(String image, Workplace.Service... services) {
      return in(Workplace.Image.named(image), services);
    }

    Job in(Workplace.Image image, Workplace.Service... services) {
      workplace =
          new Workplace(
              Optional.of(image),
              List.of(services),
              workplace.caches(),
              List.of(),
              new TreeMap<>(),
              new TreeMap<>(),
              List.of());
      return this;
    }

    Job before(TreeEntry... entries) {
      before = List.of(entries);
      return this;
    }

    Job timeout(Duration most) {
      timeout = most;
      return this;
    }

    Job untrusted() {
      trusted = false;
      return this;
    }

    Job cached(Workplace.Cache... caches) {
      workplace =
          new Workplace(
              workplace.image(),
              workplace.services(),
              List.of(caches),
              List.of(),
              new TreeMap<>(),
              new TreeMap<>(),
              List.of());
      return this;
    }

    Job commit(CommitSha other) {
      commit = other;
      return this;
    }

    Job id(long other) {
      id = other;
      return this;
    }

    JobOutcome run() throws InterruptedException {
      return run(this::print);
    }

    JobOutcome run(JobLog log) throws InterruptedException {
      return executor.run(
          new JobOrder(
              id, SHOP, commit, "main", trusted, spec(), before, variables, secrets, timeout),
          log);
    }

    /// What it printed so far.
    String log() {
      synchronized (printed) {
        return printed.toString(UTF_8);
      }
    }

    private void print(byte[] bytes, int from, int length) {
      synchronized (printed) {
        printed.write(bytes, from, length);
      }
    }

    private JobSpec spec() {
      return new JobSpec(
          "job",
          "test",
          script,
          afterScript,
          new TreeMap<>(),
          Optional.empty(),
          Optional.empty(),
          JobSpec.When.ON_SUCCESS,
          AllowFailure.NO,
          Retry.NEVER,
          Optional.empty(),
          Optional.empty(),
          artifacts,
          Optional.empty(),
          workplace,
          new TreeSet<>(),
          Optional.empty(),
          false,
          Optional.empty(),
          Optional.empty(),
          Aftermath.NONE,
          new TreeMap<>());
    }
  }
}
