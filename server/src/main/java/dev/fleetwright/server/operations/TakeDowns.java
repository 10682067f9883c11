package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.pipeline.project.EnvironmentRule;
import dev.fleetwright.server.operations.DeployOperations.Wish;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes environments down that nobody needs any more: those whose time is over (`auto_stop_in`)
/// and those of a branch that was deleted (contract 2a.8).
///
/// Each is asked for once: a take-down that somebody cancelled is not asked for again by itself.
public final class TakeDowns {

  private static final Logger log = LoggerFactory.getLogger(TakeDowns.class);
  private static final Actor CLOCK = new Actor("auto stop");

  private final Environments environments;
  private final Deploys deploys;
  private final Releases releases;
  private final Configuration configuration;
  private final DeployScripts scripts;
  private final DeployOperations operations;
  private final InstantSource clock;

  TakeDowns(
      Environments environments,
      Deploys deploys,
      Releases releases,
      Configuration configuration,
      DeployScripts scripts,
      DeployOperations operations,
      InstantSource clock) {
    this.environments = environments;
    this.deploys = deploys;
    this.releases = releases;
    this.configuration = configuration;
    this.scripts = scripts;
    this.operations = operations;
    this.clock = clock;
  }

  /// Take down what is due. Any number of servers may do so at once.
  public void round() {
    for (var environment : environments.dueToStop(clock.instant())) {
      environment
          .autoStopAt()
          .ifPresent(at -> stop(environment, "auto-stop-" + at, "its time is over", CLOCK));
    }
  }

  /// "Environments are stopped when the branch that was deployed last is deleted": those that a job
  /// can stop, and those that `fleetwright.yml` names by a pattern.
  void branchDeleted(Project project, String branch, Actor by) {
    for (var environment : environments.of(project.name())) {
      var last = deploys.lastSucceeded(environment.id());
      if (environment.state() == EnvironmentState.AVAILABLE
          && last.flatMap(this::release).filter(r -> r.ref().equals(branch)).isPresent()
          && isTemporary(project, environment)) {
        stop(
            environment,
            "branch-deleted-" + last.orElseThrow().deploy().id(),
            "branch %s was deleted".formatted(branch),
            by);
      }
    }
  }

  private Optional<Release> release(DeployView view) {
    return view.deploy().release().flatMap(releases::find);
  }

  private boolean isTemporary(Project project, Environment environment) {
    return scripts.stopping(environment).isPresent()
        || configuration
            .ofDefaultBranch(project)
            .environment(environment.name())
            .filter(EnvironmentRule::isPattern)
            .isPresent();
  }

  private void stop(Environment environment, String key, String reason, Actor by) {
    var answer =
        operations.deploy(
            new Wish.Stop(environment.id()),
            Optional.empty(),
            Optional.of(key),
            Optional.empty(),
            reason,
            by);
    switch (answer) {
      case Answer.Done<DeployView>(var view) ->
          log.atInfo()
              .addKeyValue("environment", environment.stream())
              .addKeyValue("deploy", view.deploy().number())
              .log("environment is taken down: {}", reason);
      case Answer.NotFound<DeployView> _ -> {
        // It is gone.
      }
      case Answer.Refused<DeployView>(_, var message, _, _) ->
          log.atWarn()
              .addKeyValue("environment", environment.stream())
              .log("environment cannot be taken down now: {}", message);
    }
  }
}
