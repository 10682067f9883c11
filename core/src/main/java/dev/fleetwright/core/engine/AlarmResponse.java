package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Quarantined;
import dev.fleetwright.core.deploy.DeployState.RollingBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployState.Wish;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Alarm;
import dev.fleetwright.core.environment.Alarms;
import dev.fleetwright.core.environment.Environment;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Goes back when an alarm fires, as AWS CodeDeploy does: a deploy that is under way is taken back,
/// and one that succeeded not longer ago than the environment watches is followed by a deploy of
/// kind ROLLBACK to the last good one.
///
/// Only what began before the alarm is blamed. A deploy that begins while an alarm fires may be the
/// fix; taking it back would keep the environment ill (argoproj/argo-cd#17314).
///
/// It looks at how things are: any server may ask for it at any time, and again.
final class AlarmResponse {

  private static final Logger log = LoggerFactory.getLogger(AlarmResponse.class);

  private final Alarms alarms;
  private final Deploys deploys;
  private final DeployPlanner planning;
  private final InstantSource clock;

  AlarmResponse(Alarms alarms, Deploys deploys, DeployPlanner planning, InstantSource clock) {
    this.alarms = alarms;
    this.deploys = deploys;
    this.planning = planning;
    this.clock = clock;
  }

  /// Do what the alarms of an environment ask for.
  void respond(Environment environment) {
    if (!environment.policy().rollback().onAlarm()) {
      return;
    }
    for (var alarm : alarms.firing(environment.id())) {
      var underWay =
          EnvironmentQueue.holder(deploys.unfinished(environment.id()))
              .filter(view -> isToBlame(view, alarm));
      if (underWay.isPresent()) {
        callOff(environment, underWay.get(), alarm);
      } else {
        goBack(environment, alarm);
      }
    }
  }

  private static boolean isToBlame(DeployView view, Alarm alarm) {
    return view.deploy().kind() == DeployKind.START
        && view.startedAt().filter(began -> !began.isAfter(alarm.since())).isPresent();
  }

  private void callOff(Environment environment, DeployView seen, Alarm alarm) {
    var view = seen;
    while (canBeCalledOff(view.state())) {
      var asked =
          deploys.append(
              view.deploy().id(),
              view.sequence(),
              new DeployEvent.RollbackAsked("alarm " + alarm.name(), alarm.reason()),
              actor(alarm),
              clock.instant(),
              Optional.empty());
      switch (asked) {
        case Deploys.Appended.Stored _ -> {
          log.atWarn()
              .addKeyValue("environment", environment.stream())
              .addKeyValue("deploy", view.deploy().number())
              .addKeyValue("alarm", alarm.name())
              .log("an alarm takes a deploy back");
          return;
        }
        case Deploys.Appended.Moved(var now) -> view = now;
        case Deploys.Appended.LeaseLost _ ->
            throw new IllegalStateException("an alarm needs no lease");
      }
    }
  }

  private static boolean canBeCalledOff(DeployState state) {
    return switch (state) {
      case Running running -> running.wish().filter(w -> w instanceof Wish.RollBack).isEmpty();
      case Paused _, Verifying _ -> true;
      // What servers may die of is left to people.
      case Draft _, Waiting _, RollingBack _, Quarantined _, Finished _ -> false;
    };
  }

  private void goBack(Environment environment, Alarm alarm) {
    var last = deploys.lastSucceeded(environment.id()).filter(view -> isToBlame(view, alarm));
    if (last.isEmpty() || !isWatched(environment, last.get(), alarm.since())) {
      return;
    }
    var good = planning.lastGood(environment);
    if (good.isEmpty()) {
      log.atWarn()
          .addKeyValue("environment", environment.stream())
          .addKeyValue("alarm", alarm.name())
          .log("an alarm would take the environment back, but there is nothing to go back to");
      return;
    }
    var to = good.get().deploy().deploy();
    // The key: however often it is looked at, one alarm takes one deploy back once.
    var key = "alarm-%d-%d".formatted(alarm.id(), last.get().deploy().id());
    var asked =
        deploys.add(
            DeployRequest.goBack(environment.id(), to.id(), to.release())
                .from(Origin.ALARM)
                .once(key)
                .because(alarm.reason()),
            actor(alarm),
            clock.instant());
    if (asked.state() instanceof Draft) {
      log.atWarn()
          .addKeyValue("environment", environment.stream())
          .addKeyValue("deploy", asked.deploy().number())
          .addKeyValue("alarm", alarm.name())
          .log("an alarm takes an environment back");
    }
  }

  private static boolean isWatched(Environment environment, DeployView last, Instant raised) {
    var until = last.finishedAt().orElseThrow().plus(environment.policy().rollback().watch());
    return !raised.isAfter(until);
  }

  private static Actor actor(Alarm alarm) {
    return new Actor("alarm " + alarm.name());
  }
}
