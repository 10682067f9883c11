package dev.fleetwright.server.wiring;

import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.server.operations.DeployOperations;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the targets of all environments now and then whether they can go back, one environment
/// after the other, so that it is known before somebody needs it and looks.
final class WayBackRounds implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WayBackRounds.class);

  private static final Duration ROUND = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Projects projects;
  private final Environments environments;
  private final DeployOperations operations;
  private final Thread thread;

  WayBackRounds(Projects projects, Environments environments, DeployOperations operations) {
    this.projects = projects;
    this.environments = environments;
    this.operations = operations;
    this.thread = Thread.ofVirtual().name("ways back").unstarted(this::go);
  }

  void start() {
    thread.start();
  }

  private void go() {
    try {
      while (true) {
        // Not at once: a server that starts has more urgent things to ask of its targets.
        TimeUnit.NANOSECONDS.sleep(ROUND.toNanos());
        round();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() throws InterruptedException {
    try {
      for (var project : projects.all()) {
        for (var environment : environments.of(project.name())) {
          var _ = operations.waysBack(environment, PATIENCE);
        }
      }
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("ways back could not be checked; trying again later");
    }
  }

  /// What is being asked is answered to nobody.
  @Override
  public void close() {
    thread.interrupt();
  }
}
