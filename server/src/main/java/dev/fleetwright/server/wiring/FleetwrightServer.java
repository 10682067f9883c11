package dev.fleetwright.server.wiring;

import dev.fleetwright.adapters.executor.BuiltInExecutor;
import dev.fleetwright.adapters.git.GitRepositories;
import dev.fleetwright.adapters.probe.HttpAnalysis;
import dev.fleetwright.adapters.registry.OciRegistries;
import dev.fleetwright.adapters.remote.HttpRemoteFiles;
import dev.fleetwright.adapters.s3.S3Storage;
import dev.fleetwright.api.Drain;
import dev.fleetwright.api.RunningServer;
import dev.fleetwright.api.ServerNotStarted;
import dev.fleetwright.api.ServerOptions;
import dev.fleetwright.api.ServerProcess;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.engine.AutomaticDeploys;
import dev.fleetwright.core.engine.DatabaseTime;
import dev.fleetwright.core.engine.DeployPlanner;
import dev.fleetwright.core.engine.Engine;
import dev.fleetwright.core.engine.KillPoint;
import dev.fleetwright.core.engine.Pace;
import dev.fleetwright.core.engine.StoreUnavailable;
import dev.fleetwright.core.engine.Time;
import dev.fleetwright.core.pipeline.CacheStore;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.runner.Dispatch;
import dev.fleetwright.core.secret.Secret;
import dev.fleetwright.core.target.Targets;
import dev.fleetwright.pipeline.freeze.CronFreezes;
import dev.fleetwright.server.auth.FirstToken;
import dev.fleetwright.server.auth.SealingKey;
import dev.fleetwright.server.auth.WebhookSecrets;
import dev.fleetwright.server.http.HttpServer;
import dev.fleetwright.server.http.Listener;
import dev.fleetwright.server.http.Metrics;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.http.RunnerDoor;
import dev.fleetwright.server.http.Served;
import dev.fleetwright.server.operations.AccessOperations;
import dev.fleetwright.server.operations.Operations;
import dev.fleetwright.server.operations.RunnerParts;
import dev.fleetwright.server.ui.Pages;
import dev.fleetwright.server.ui.Sources;
import dev.fleetwright.store.Database;
import dev.fleetwright.store.DatabaseInUse;
import dev.fleetwright.store.DiskBlobs;
import dev.fleetwright.store.DiskCaches;
import dev.fleetwright.store.DiskLogs;
import dev.fleetwright.store.SchemaUnknown;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A whole server in one process: database, mirrors, engine, HTTP.
///
/// It may die at any instruction and be started again on the same data folder. Closing only spares
/// the next start some work: it takes no more work, lets what is under way come to a safe point,
/// and leaves the rest to the next start. What runs on targets is not touched.
public final class FleetwrightServer implements ServerProcess {

  private static final Logger log = LoggerFactory.getLogger(FleetwrightServer.class);

  private static final int SHORTEST_REGISTRATION_TOKEN = 20;

  @Override
  public RunningServer start(ServerOptions options) {
    return startHere(options);
  }

  static Running startHere(ServerOptions options) {
    return startHere(options, targets -> targets);
  }

  /// @param around what is done to targets, which tests use to watch them
  static Running startHere(ServerOptions options, UnaryOperator<Targets> around) {
    if (options.jsonLog()) {
      LogOutput.json();
    }
    var parts = new Parts();
    try {
      return new Starting(options, around, parts).run();
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  /// What was started, to be closed in reverse order.
  static final class Parts {
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T part) {
      started.push(part);
      return part;
    }

    void close() {
      while (!started.isEmpty()) {
        var part = started.pop();
        try {
          part.close();
        } catch (Exception e) {
          log.atWarn()
              .addKeyValue("part", part.getClass().getSimpleName())
              .setCause(e)
              .log("part of the server did not stop as it should");
        }
      }
    }
  }

  /// The start, in the order in which one part needs the other.
  private record Starting(ServerOptions options, UnaryOperator<Targets> around, Parts parts) {

    Running run() {
      var data = parts.add(DataFolder.take(options.data()));
      var listener = parts.add(listen());
      var publicUrl = options.publicUrl().orElse(listener.uri());
      var database = parts.add(database(data));
      var time = databaseTime(database);
      var clock = time.withZone(ZoneOffset.UTC);
      var shared = shared(data);
      var sealingKey = new SealingKey(shared.resolve(SealingKey.FILE), database.sealedValues());
      checkKey(sealingKey);
      var bucket = options.storage().map(Starting::bucket);
      bucket.ifPresent(parts::add);
      Blobs blobs =
          bucket.isPresent() ? bucket.get().blobs(data.resolve("incoming")) : blobs(shared);
      CacheStore caches =
          bucket.isPresent()
              ? bucket.get().caches()
              : new DiskCaches(shared.resolve("caches"), options.jobs().cacheBytes(), clock);
      if (options.database().isPresent()) {
        checkContents(
            database, blobs, options.storage().map(URI::toString).orElse(shared.toString()));
      }
      var space = parts.add(new DiskSpace(data.path()));
      var sharedSpace = data.path().equals(shared) ? space : parts.add(new DiskSpace(shared));
      database.beginNothingWhile(() -> space.lacking().or(sharedSpace::lacking));
      var logs = parts.add(new DiskLogs(shared.resolve("logs"), sharedSpace::isShort));
      var repositories =
          parts.add(new GitRepositories(data.resolve("repositories"), options.localRepositories()));
      var executor =
          new BuiltInExecutor(
              data.resolve("builds"), repositories, blobs, caches, clock, jobs(options.jobs()));
      var targets =
          around.apply(
              parts.add(
                  new TargetKinds(blobs, shared, executor, database.pipelines()::scriptEnded)));
      var planner = new Planner(targets, blobs);
      var environments = database.environments();
      var releases = database.releases();
      var pipelines = database.pipelines();
      var deploys = database.deploys();
      var planning = new DeployPlanner(environments, releases, deploys, planner, blobs);
      var webhookSecrets = new WebhookSecrets(database.sealedValues(), sealingKey, clock);
      var engineRuns = new AtomicBoolean(true);
      var runners = database.runners();
      var said = options.jobs().runners();
      var usual = Dispatch.Rules.USUAL;
      var dispatch =
          new Dispatch(
              runners,
              database.handOuts(),
              new Dispatch.Rules(
                  options.jobs().executor() == ServerOptions.Executor.RUNNERS,
                  said.silence(),
                  usual.unfit(),
                  usual.turn(),
                  usual.overtime()));
      var operations =
          Operations.over(
              database.projects(),
              repositories,
              parts.add(new HttpRemoteFiles(options.includeHosts())),
              environments,
              database.holds(),
              database.alarms(),
              releases,
              new OciRegistries(blobs, data.resolve("images"), options.registryAuth()),
              database.imageTags(),
              pipelines,
              database.resourceGroups(),
              database.schedules(),
              deploys,
              database.deployRecords(),
              database.trains(),
              planning,
              blobs,
              database.artifactLives(blobs),
              options.jobs().artifactsKept(),
              new AccessOperations(database.tokens(), webhookSecrets, database.projects(), clock),
              new RunnerParts(
                  dispatch,
                  database.feed(),
                  logs,
                  said.artifactBytes(),
                  said.logBytes(),
                  engineRuns::get),
              withoutSlash(publicUrl),
              Version.TEXT,
              clock);
      var metrics = new Metrics();
      metrics.counted(
          "fleetwright.stale.writes",
          "Writes that were turned down because another server had the lease by then",
          database::staleWrites);
      var engine =
          new Engine(
              new Engine.Parts(
                  UUID.randomUUID().toString(),
                  deploys,
                  environments,
                  database.holds(),
                  releases,
                  database.commitStatuses(),
                  pipelines,
                  database.resourceGroups(),
                  new CountedLeases(database.environmentLeases(), "environment", metrics),
                  new CountedLeases(database.pipelineLeases(), "pipeline", metrics, space::isShort),
                  database.feed(),
                  logs,
                  planning,
                  planner,
                  targets,
                  parts.add(new HttpAnalysis(options.localRepositories())),
                  executor,
                  operations.pipelineWork(),
                  new CronFreezes(),
                  database.trains(),
                  Math.max(2, Runtime.getRuntime().availableProcessors()),
                  time,
                  Pace.USUAL,
                  killPoint(),
                  Optional.of(dispatch)));
      var strays = executor.endStrays();
      if (strays > 0) {
        log.atWarn().addKeyValue("jobs", strays).log("jobs of a server that died were ended");
      }
      engine.start();
      parts.add(engine);
      space.start();
      if (space != sharedSpace) {
        sharedSpace.start();
      }
      var automatic =
          parts.add(
              new AutomaticDeploys(
                  database.projects(),
                  environments,
                  releases,
                  pipelines,
                  deploys,
                  database.holds(),
                  database.alarms(),
                  database.deployRecords(),
                  database.trains(),
                  planning,
                  database.feed(),
                  time,
                  Pace.USUAL));
      automatic.start();
      var watch = parts.add(new RepositoryWatch(database.projects(), operations.projects()));
      watch.start();
      var clockRounds =
          parts.add(
              new ClockRounds(
                  operations.schedules(), operations.takeDowns(), operations.artifacts()));
      clockRounds.start();
      // Not among the rounds of the clock: a registry that does not answer would hold those up.
      var baseImages =
          parts.add(
              new Rounds("base images", Duration.ofMinutes(1), operations.baseImages()::round));
      baseImages.start();
      var waysBack =
          parts.add(
              new Rounds(
                  "ways back",
                  Duration.ofMinutes(10),
                  new WaysBack(database.projects(), environments, operations.deploys())));
      waysBack.start();
      var firstToken = FirstToken.ensure(database.tokens(), data.path(), clock);
      var pages =
          new Pages(
              new Sources(
                  database.projects(),
                  repositories,
                  environments,
                  database.environmentLists(),
                  database.holds(),
                  releases,
                  pipelines,
                  deploys,
                  database.deployRecords(),
                  database.trains(),
                  logs,
                  blobs,
                  targets,
                  clock),
              operations);
      var drain = new DrainOnce();
      var http =
          HttpServer.start(
              listener,
              new Served(
                  publicUrl,
                  Version.TEXT,
                  database.projects(),
                  repositories,
                  pipelines,
                  releases,
                  database.commitStatuses(),
                  environments,
                  database.environmentLists(),
                  deploys,
                  database.deployRecords(),
                  database.trains(),
                  database.ledger(),
                  database.feed(),
                  logs,
                  blobs,
                  targets,
                  database.tokens(),
                  database.sessions(),
                  webhookSecrets,
                  new RunnerDoor(runners, repositories, registrationToken(said), incoming(data)),
                  operations,
                  engineRuns::get,
                  drain,
                  watch,
                  pages.routes(),
                  pages,
                  metrics,
                  clock));
      parts.add(http);
      parts.add(() -> engineRuns.set(false));
      log.atInfo()
          .addKeyValue("url", listener.uri())
          .addKeyValue("data", data.path())
          .addKeyValue("version", Version.TEXT)
          .addKeyValue("milliseconds", ManagementFactory.getRuntimeMXBean().getUptime())
          .log("server is ready");
      var running = new Running(listener.uri(), firstToken, http, engine, operations, drain, parts);
      var _ = database.broken().thenAccept(running::fail);
      return running;
    }

    /// For tests of durability: `-Dfleetwright.killpoint=step-1.after-effect` lets the process die
    /// there, at once and without cleaning up, as `kill -9` would.
    private static KillPoint killPoint() {
      var deadly = System.getProperty("fleetwright.killpoint");
      return deadly == null
          ? KillPoint.NONE
          : name -> {
            if (name.equals(deadly)) {
              Runtime.getRuntime().halt(137);
            }
          };
    }

    private static BuiltInExecutor.Settings jobs(ServerOptions.Jobs jobs) {
      return new BuiltInExecutor.Settings(
          switch (jobs.executor()) {
            case AUTO -> BuiltInExecutor.Where.AS_THE_JOB_SAYS;
            case CONTAINER -> BuiltInExecutor.Where.CONTAINER;
            case SHELL -> BuiltInExecutor.Where.SHELL;
            // What is run here all the same, the scripts of deploys, is run as each job says.
            case RUNNERS -> BuiltInExecutor.Where.AS_THE_JOB_SAYS;
          },
          jobs.image(),
          jobs.memory(),
          jobs.cpus());
    }

    private DatabaseTime databaseTime(Database database) {
      var time = parts.add(new DatabaseTime(Time.SYSTEM, database::now));
      time.start();
      return time;
    }

    private Listener listen() {
      try {
        return Listener.on(options.host(), options.port());
      } catch (BindException e) {
        throw new ServerNotStarted(
            "port %d of %s cannot be had (%s): stop what uses it, or choose another with `--port`; 0 takes a free one"
                .formatted(options.port(), options.host(), e.getMessage()));
      } catch (IOException e) {
        throw new ServerNotStarted("listening at " + options.host() + " is not possible", e);
      }
    }

    private Database database(DataFolder data) {
      try {
        return options.database().map(Database::open).orElseGet(() -> Database.open(data.path()));
      } catch (DatabaseInUse | SchemaUnknown | IllegalArgumentException e) {
        throw new ServerNotStarted(String.valueOf(e.getMessage()), e);
      } catch (StoreUnavailable e) {
        throw new ServerNotStarted(
            "the database cannot be opened: see whether it is up and reachable", e);
      }
    }

    private static Optional<Secret> registrationToken(ServerOptions.Runners runners) {
      if (runners.registration().isEmpty()) {
        return Optional.empty();
      }
      var file = runners.registration().get();
      try {
        var token = Files.readString(file).strip();
        if (token.length() < SHORTEST_REGISTRATION_TOKEN) {
          throw new ServerNotStarted(
              "the registration token in %s is shorter than %d characters: anybody could guess it"
                  .formatted(file, SHORTEST_REGISTRATION_TOKEN));
        }
        return Optional.of(Secret.of(token));
      } catch (IOException e) {
        throw new ServerNotStarted(
            "the file of the registration token, %s, cannot be read".formatted(file), e);
      }
    }

    /// Uploads of a server that died are of no use to anybody.
    private static Path incoming(DataFolder data) {
      var folder = data.resolve("uploads");
      try {
        Files.createDirectories(folder);
        try (var left = Files.newDirectoryStream(folder)) {
          for (var file : left) {
            Files.deleteIfExists(file);
          }
        }
        return folder;
      } catch (IOException e) {
        throw new ServerNotStarted("the folder " + folder + " cannot be used", e);
      }
    }

    private Path shared(DataFolder data) {
      var shared = options.shared().map(p -> p.toAbsolutePath().normalize()).orElse(data.path());
      try {
        return Files.createDirectories(shared);
      } catch (IOException e) {
        throw new ServerNotStarted(
            "the shared folder " + shared + " cannot be used: make sure that it can be written", e);
      }
    }

    private static S3Storage bucket(URI place) {
      try {
        return S3Storage.open(place);
      } catch (IllegalArgumentException e) {
        throw new ServerNotStarted("`--storage`: " + e.getMessage(), e);
      } catch (IOException e) {
        throw new ServerNotStarted(
            "the storage %s cannot be used: %s. See whether the AWS_ variables are set"
                .formatted(place, e.getMessage()),
            e);
      }
    }

    private static DiskBlobs blobs(Path shared) {
      try {
        return new DiskBlobs(shared.resolve("blobs"));
      } catch (IOException e) {
        throw new ServerNotStarted("the folder of contents in " + shared + " cannot be used", e);
      }
    }

    /// A second server that was not told of the shared folder would fail every deploy of what the
    /// first one built.
    private static void checkContents(Database database, Blobs blobs, String where) {
      for (var project : database.projects().all()) {
        for (var release : database.releases().of(project.name(), 1, 0)) {
          for (var entry :
              release.components().stream().flatMap(c -> c.files().stream()).toList()) {
            if (!(entry instanceof TreeEntry.File file)) {
              continue;
            } else if (!blobs.has(file.digest())) {
              throw new ServerNotStarted(
                  "the database knows %s of %s, and `%s` of it is not in %s: servers of one database need one place for such files; name it with `--shared` or `--storage`, or put back what was there"
                      .formatted(release.label(), project.name(), file.path(), where));
            }
            return;
          }
        }
      }
    }

    private static void checkKey(SealingKey key) {
      try {
        key.check();
      } catch (SealingKey.KeyUnusable e) {
        throw new ServerNotStarted(String.valueOf(e.getMessage()), e);
      }
    }

    private static String withoutSlash(URI uri) {
      var text = uri.toString();
      return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }
  }

  /// A server that runs.
  static final class Running implements RunningServer {
    private static final Duration PATIENCE = Duration.ofSeconds(Drain.USUAL_SECONDS);

    private final URI uri;
    private final Optional<Secret> firstToken;
    private final HttpServer http;
    private final Engine engine;
    private final Operations operations;
    private final DrainOnce drain;
    private final Parts parts;
    private final AtomicReference<Optional<String>> failure =
        new AtomicReference<>(Optional.empty());
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final StopSignals signals;

    Running(
        URI uri,
        Optional<Secret> firstToken,
        HttpServer http,
        Engine engine,
        Operations operations,
        DrainOnce drain,
        Parts parts) {
      this.uri = uri;
      this.firstToken = firstToken;
      this.http = http;
      this.engine = engine;
      this.operations = operations;
      this.drain = drain;
      this.parts = parts;
      this.signals = StopSignals.callOnce(this::close);
      drain.by(this::stop);
    }

    /// What can be done, for tests that do not wait for the clock.
    Operations operations() {
      return operations;
    }

    /// Everything that can be asked.
    List<Route> routes() {
      return http.routes();
    }

    @Override
    public URI uri() {
      return uri;
    }

    @Override
    public Optional<String> bootstrapToken() {
      return firstToken.map(Secret::reveal);
    }

    @Override
    public void awaitStop() throws InterruptedException {
      stopped.await();
    }

    @Override
    public Optional<String> failure() {
      return failure.get();
    }

    /// The disk failed: nothing that is under way can be stored, so nothing is waited for.
    private void fail(String what) {
      log.atError().addKeyValue("url", uri).addKeyValue("what", what).log("server cannot go on");
      failure.set(Optional.of(what));
      drain.begin(Duration.ZERO);
    }

    @Override
    public void close() {
      if (drain.first()) {
        stop(PATIENCE);
      }
    }

    private void stop(Duration patience) {
      log.atInfo()
          .addKeyValue("url", uri)
          .addKeyValue("seconds", patience.toSeconds())
          .log("server is stopping; steps and jobs under way are waited for");
      try {
        if (!engine.drain(patience)) {
          log.atWarn().log("not all came to an end in time; the next holder of its lease goes on");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      Deadline.of(parts::close);
      signals.forget();
      log.atInfo().addKeyValue("url", uri).log("server has stopped");
      stopped.countDown();
    }
  }
}
