package dev.fleetwright.server.ui;

import dev.fleetwright.adapters.executor.BuiltInExecutor;
import dev.fleetwright.adapters.git.GitRepositories;
import dev.fleetwright.adapters.local.LocalTarget;
import dev.fleetwright.adapters.probe.HttpAnalysis;
import dev.fleetwright.adapters.registry.OciRegistries;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.engine.AutomaticDeploys;
import dev.fleetwright.core.engine.DeployPlanner;
import dev.fleetwright.core.engine.Engine;
import dev.fleetwright.core.engine.KillPoint;
import dev.fleetwright.core.engine.Pace;
import dev.fleetwright.core.engine.Time;
import dev.fleetwright.core.pipeline.ScriptTarget;
import dev.fleetwright.core.plan.Planner;
import dev.fleetwright.core.project.RemoteFiles;
import dev.fleetwright.core.runner.Dispatch;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.core.target.Targets;
import dev.fleetwright.pipeline.freeze.CronFreezes;
import dev.fleetwright.server.auth.FirstToken;
import dev.fleetwright.server.auth.SealingKey;
import dev.fleetwright.server.auth.WebhookSecrets;
import dev.fleetwright.server.http.Draining;
import dev.fleetwright.server.http.HttpServer;
import dev.fleetwright.server.http.Listener;
import dev.fleetwright.server.http.Metrics;
import dev.fleetwright.server.http.RunnerDoor;
import dev.fleetwright.server.http.Served;
import dev.fleetwright.server.operations.AccessOperations;
import dev.fleetwright.server.operations.DeployScripts;
import dev.fleetwright.server.operations.Operations;
import dev.fleetwright.server.operations.RunnerParts;
import dev.fleetwright.store.Database;
import dev.fleetwright.store.DiskBlobs;
import dev.fleetwright.store.DiskCaches;
import dev.fleetwright.store.DiskLogs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/// A whole server on a free port, with a data folder of its own: database, engine, executor, target
/// and pages as they are in use.
final class Installation implements AutoCloseable {

  static final Actor ROOT = new Actor("root");

  private final Database database;
  private final GitRepositories repositories;
  private final DiskLogs logs;
  private final Targets targets;
  private final Operations operations;
  private final HttpAnalysis analysis;
  private final Engine engine;
  private final AutomaticDeploys automatic;
  private final HttpServer http;
  private final URI address;
  private final String token;

  Installation(Path data) throws IOException {
    var clock = Clock.systemUTC();
    var listener = Listener.on("127.0.0.1", 0);
    address = listener.uri();
    database = Database.open(data);
    logs = new DiskLogs(data.resolve("logs"));
    var blobs = new DiskBlobs(data.resolve("blobs"));
    repositories = new GitRepositories(data.resolve("mirrors"), true);
    var executor =
        new BuiltInExecutor(
            data.resolve("builds"),
            repositories,
            blobs,
            new DiskCaches(data.resolve("caches"), 1 << 30, clock),
            clock,
            BuiltInExecutor.Settings.USUAL);
    var script =
        new ScriptTarget(executor, DeployScripts::order, database.pipelines()::scriptEnded);
    targets =
        new Targets() {
          @Override
          public Target open(TargetBinding binding) {
            return binding.kind().equals("script") ? script : new LocalTarget(binding, blobs, data);
          }
        };
    var planner = new Planner(targets, blobs);
    var planning =
        new DeployPlanner(
            database.environments(), database.releases(), database.deploys(), planner, blobs);
    var webhookSecrets =
        new WebhookSecrets(
            database.sealedValues(),
            new SealingKey(data.resolve(SealingKey.FILE), database.sealedValues()),
            clock);
    var dispatch = new Dispatch(database.runners(), database.handOuts(), Dispatch.Rules.USUAL);
    operations =
        Operations.over(
            database.projects(),
            repositories,
            (_, _) -> new RemoteFiles.Fetched.No("no host is allowed"),
            database.environments(),
            database.holds(),
            database.alarms(),
            database.releases(),
            new OciRegistries(blobs, data.resolve("images"), Optional.empty()),
            database.imageTags(),
            database.pipelines(),
            database.resourceGroups(),
            database.schedules(),
            database.deploys(),
            database.deployRecords(),
            database.trains(),
            planning,
            blobs,
            database.artifactLives(blobs),
            Optional.empty(),
            new AccessOperations(database.tokens(), webhookSecrets, database.projects(), clock),
            new RunnerParts(dispatch, database.feed(), logs, 1 << 20, 1 << 20, () -> true),
            address.toString(),
            "test",
            clock);
    automatic =
        new AutomaticDeploys(
            database.projects(),
            database.environments(),
            database.releases(),
            database.pipelines(),
            database.deploys(),
            database.holds(),
            database.alarms(),
            database.deployRecords(),
            database.trains(),
            planning,
            database.feed(),
            Time.SYSTEM,
            Pace.USUAL);
    analysis = new HttpAnalysis(true);
    engine =
        new Engine(
            new Engine.Parts(
                "test",
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
                planning,
                planner,
                targets,
                analysis,
                executor,
                operations.pipelineWork(),
                new CronFreezes(),
                database.trains(),
                2,
                Time.SYSTEM,
                Pace.USUAL,
                KillPoint.NONE,
                Optional.of(dispatch)));
    var pages =
        new Pages(
            new Sources(
                database.projects(),
                repositories,
                database.environments(),
                database.environmentLists(),
                database.holds(),
                database.releases(),
                database.pipelines(),
                database.deploys(),
                database.deployRecords(),
                database.trains(),
                logs,
                blobs,
                targets,
                clock),
            operations);
    token = FirstToken.ensure(database.tokens(), data, clock).orElseThrow().reveal();
    http =
        HttpServer.start(
            listener,
            new Served(
                address,
                "test",
                database.projects(),
                repositories,
                database.pipelines(),
                database.releases(),
                database.commitStatuses(),
                database.environments(),
                database.environmentLists(),
                database.deploys(),
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
                new RunnerDoor(dispatch.runners(), repositories, Optional.empty(), data),
                operations,
                () -> true,
                new Draining() {
                  @Override
                  public boolean underWay() {
                    return false;
                  }

                  @Override
                  public void begin(Duration patience) {}
                },
                _ -> {},
                pages.routes(),
                pages,
                new Metrics(),
                clock));
    engine.start();
    automatic.start();
  }

  String address() {
    return address.toString();
  }

  String token() {
    return token;
  }

  Operations operations() {
    return operations;
  }

  Target target(TargetBinding binding) {
    return targets.open(binding);
  }

  /// An order that no engine gives, for tidying up.
  Order order() {
    return new Order(new ApplyId(Long.MAX_VALUE, 0, false), Long.MAX_VALUE, _ -> {});
  }

  Database record() {
    return database;
  }

  @Override
  public void close() {
    http.close();
    automatic.close();
    engine.close();
    analysis.close();
    repositories.close();
    logs.close();
    database.close();
  }
}
