package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Alarm;
import dev.fleetwright.core.environment.Alarms;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Holds;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.train.Trains;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings releases to the environments that take them by themselves: those of a branch, and those
/// that succeeded in the environment before. And takes environments back when an alarm fires
/// ([AlarmResponse]), and does what trains need ([TrainResponse]).
///
/// It looks at how things are, not at what happened. The feed tells only where to look soon, and
/// all environments are looked at once a minute, so what a crash or a lost notification swallowed
/// is found by the next look. Every server looks; no lease is needed, because whether a release is
/// still to be taken is decided in the transaction that records its deploy
/// ([Deploys#addAutomatic]): nothing is taken twice, and nothing older after something newer.
public final class AutomaticDeploys implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AutomaticDeploys.class);

  private static final Duration ROUND = Duration.ofMinutes(1);

  /// More than this at once is a round.
  private static final int ENTRIES = 1_000;

  /// The states of a deploy that has come to its end.
  private static final Set<String> ENDED =
      Set.of(
          "succeeded", "rolled_back", "stuck", "cancelled", "superseded", "preempted", "refused");

  /// A release moved: for those environments of its project that follow a branch.
  private static final String RELEASE = "";

  private final Projects projects;
  private final Environments environments;
  private final Releases releases;
  private final Pipelines pipelines;
  private final Deploys deploys;
  private final Holds holds;
  private final Alarms alarms;
  private final AlarmResponse response;
  private final TrainResponse trains;
  private final Feed feed;
  private final Time time;
  private final Pace pace;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Thread thread;

  public AutomaticDeploys(
      Projects projects,
      Environments environments,
      Releases releases,
      Pipelines pipelines,
      Deploys deploys,
      Holds holds,
      Alarms alarms,
      DeployRecords records,
      Trains trains,
      DeployPlanner planning,
      Feed feed,
      Time time,
      Pace pace) {
    this.projects = projects;
    this.environments = environments;
    this.releases = releases;
    this.pipelines = pipelines;
    this.deploys = deploys;
    this.holds = holds;
    this.alarms = alarms;
    this.response = new AlarmResponse(alarms, deploys, planning, time);
    this.trains = new TrainResponse(trains, deploys, records, environments, planning, time);
    this.feed = feed;
    this.time = time;
    this.pace = pace;
    this.thread = time.thread("automatic-deploys", this::look);
  }

  /// Begin to look.
  public void start() {
    thread.start();
  }

  private void look() {
    var seen = -1L;
    var round = time.nanos();
    while (!closing.get()) {
      try {
        var before = seen;
        if (seen < 0 || time.nanos() - round >= 0) {
          // Read before looking: what is committed after this moment is found by the next look.
          before = seen < 0 ? feed.newest() : seen;
          everything();
          round = time.nanos() + ROUND.toNanos();
        } else {
          var entries = feed.after(seen, ENTRIES);
          if (entries.size() == ENTRIES || seen > feed.newest()) {
            seen = -1;
            continue;
          } else if (!entries.isEmpty()) {
            before = entries.getLast().id();
            moved(entries).forEach(this::project);
            if (entries.stream().anyMatch(AutomaticDeploys::movesTrains)) {
              trains.respond();
            }
          }
        }
        seen = before;
        feed.await(seen, pace.idle());
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException e) {
        seen = -1;
        log.atWarn().setCause(e).log("looking for what deploys itself failed; trying again");
        pause();
      }
    }
  }

  private void pause() {
    try {
      time.sleep(pace.retry());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean movesTrains(Feed.Entry entry) {
    return entry.topic().equals("train")
        || (entry.topic().equals("deploy") && ENDED.contains(entry.keys().get("state")));
  }

  /// The environments that something happened in, by project.
  private static Map<ProjectName, Set<String>> moved(Iterable<Feed.Entry> entries) {
    var moved = new HashMap<ProjectName, Set<String>>();
    for (var entry : entries) {
      var where =
          switch (entry.topic()) {
            case "release" -> Optional.of(RELEASE);
            case "environment" -> Optional.ofNullable(entry.keys().get("environment"));
            case "deploy" ->
                "succeeded".equals(entry.keys().get("state"))
                    ? Optional.ofNullable(entry.keys().get("environment"))
                    : Optional.<String>empty();
            default -> Optional.<String>empty();
          };
      where.ifPresent(name ->
          moved
              .computeIfAbsent(
                  new ProjectName(entry.keys().getOrDefault("project", "")), _ -> new HashSet<>())
              .add(name));
    }
    return moved;
  }

  private void everything() {
    for (var project : projects.all()) {
      environments.of(project.name()).forEach(this::take);
    }
    trains.respond();
    for (var environment : alarms.firing().stream().map(Alarm::environment).distinct().toList()) {
      environments.find(environment).ifPresent(response::respond);
    }
  }

  private void project(ProjectName project, Set<String> moved) {
    for (var environment : environments.of(project)) {
      if (moved.contains(environment.name().value())) {
        response.respond(environment);
      }
      var promotion = environment.policy().promotion();
      if (moved.contains(environment.name().value())
          || (moved.contains(RELEASE) && promotion.branch().isPresent())
          || promotion.after().map(EnvironmentName::value).filter(moved::contains).isPresent()) {
        take(environment);
      }
    }
  }

  /// Let an environment take what it should have by now.
  void take(Environment environment) {
    var promotion = environment.policy().promotion();
    if (!promotion.takesByItself() || holds.of(environment.id()).isPresent()) {
      return;
    }
    var release =
        promotion.automatic()
            ? succeeded(environment, promotion.after().orElseThrow())
                .filter(r -> promotion.branch().filter(b -> !b.equals(r.ref())).isEmpty())
            : promotion.branch().flatMap(branch -> ofBranch(environment, branch));
    release
        .flatMap(r ->
            deploys.addAutomatic(
                DeployRequest.start(environment.id(), r.id())
                    .from(promotion.automatic() ? Origin.PROMOTION : Origin.BRANCH),
                new Actor(
                    promotion.automatic()
                        ? "promotion from " + promotion.after().orElseThrow()
                        : "auto: " + promotion.branch().orElseThrow()),
                time.instant()))
        .ifPresent(taken ->
            log.atInfo()
                .addKeyValue("environment", environment.stream())
                .addKeyValue("deploy", taken.deploy().number())
                .addKeyValue("by", taken.deploy().by())
                .log("environment takes a release by itself"));
  }

  /// What the last deploy that succeeded left in the environment before. Not the newest release
  /// that ever succeeded there: one that was taken back from there is not promoted. A deploy of
  /// some components shows nothing about the release as a whole.
  private Optional<Release> succeeded(Environment environment, EnvironmentName before) {
    return environments
        .find(environment.project(), before)
        .flatMap(e -> deploys.lastSucceeded(e.id()))
        .filter(view -> view.deploy().only().isEmpty())
        .flatMap(view -> view.deploy().release())
        .flatMap(releases::find);
  }

  /// The newest of a branch, unless a job of its pipeline deploys here.
  private Optional<Release> ofBranch(Environment environment, String branch) {
    return releases
        .newestOf(environment.project(), branch)
        .filter(r ->
            pipelines.jobs(r.pipeline()).stream().noneMatch(job -> deploysTo(job, environment)));
  }

  private static boolean deploysTo(Job job, Environment environment) {
    return job.spec().deploys()
        && job.spec()
            .environment()
            .filter(e -> e.name().equals(environment.name().value()))
            .isPresent();
  }

  /// Look no more. What was not taken is taken by another server, or after the next start.
  @Override
  public void close() {
    closing.set(true);
    thread.interrupt();
    try {
      time.join(thread, Duration.ofSeconds(3));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
