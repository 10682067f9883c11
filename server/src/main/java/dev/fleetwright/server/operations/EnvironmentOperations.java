package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.environment.Alarm;
import dev.fleetwright.core.environment.Alarms;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentHold;
import dev.fleetwright.core.environment.Holds;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What is told of an environment itself: whether it takes releases by itself, and how it is.
public final class EnvironmentOperations {

  private static final Pattern ALARM = Pattern.compile("[A-Za-z0-9._/:-]{1,100}");

  private final Holds holds;
  private final Alarms alarms;
  private final InstantSource clock;

  EnvironmentOperations(Holds holds, Alarms alarms, InstantSource clock) {
    this.holds = holds;
    this.alarms = alarms;
    this.clock = clock;
  }

  /// The hold that is in force, if there is one.
  public Optional<EnvironmentHold> hold(Environment environment) {
    return holds.of(environment.id());
  }

  /// All that are in force.
  public List<EnvironmentHold> holds() {
    return holds.all();
  }

  /// Let an environment take nothing by itself. Holding what is held already changes nothing.
  public Answer<EnvironmentHold> hold(Environment environment, String reason, Actor by) {
    return environment.policy().promotion().takesByItself()
        ? Answer.done(holds.set(environment.id(), reason, by, clock.instant()))
        : Answer.refused(
            "not_automatic",
            "environment `%s` takes nothing by itself, so there is nothing to hold"
                .formatted(environment.name()),
            "only an environment with `auto` in fleetwright.yml can be held; a freeze window stops people too");
  }

  /// The alarms that fire in it, oldest first.
  public List<Alarm> alarms(Environment environment) {
    return alarms.firing(environment.id());
  }

  /// Note that something that watches the environment fires, or fires no more. Telling it twice is
  /// telling it once. What follows from it is decided by the server beside.
  ///
  /// @param name of what watches, 1 to 100 letters, digits and `. _ - / :`
  public Answer<List<Alarm>> alarm(
      Environment environment, String name, String reason, boolean fires, Actor by) {
    if (!ALARM.matcher(name).matches()) {
      return Answer.refused(
          "bad_alarm_name",
          "`%s` cannot be an alarm's name".formatted(name),
          "use 1 to 100 letters, digits and . _ - / :");
    }
    var at = clock.instant();
    if (fires) {
      var _ = alarms.raise(environment.id(), name, reason, by, at);
    } else {
      var _ = alarms.clear(environment.id(), name, by, at);
    }
    return Answer.done(alarms(environment));
  }

  /// Let it take again what it would have taken. Lifting twice is lifting once.
  public Answer<Environment> lift(Environment environment, Actor by) {
    var _ = holds.lift(environment.id(), by, clock.instant());
    return Answer.done(environment);
  }
}
