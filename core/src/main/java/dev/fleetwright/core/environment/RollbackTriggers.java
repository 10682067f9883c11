package dev.fleetwright.core.environment;

import java.time.Duration;

/// When an environment goes back by itself: the three triggers of AWS CodeDeploy, with its
/// defaults.
///
/// @param onFailure when a step or the health check fails
/// @param onAlarm when an alarm is raised during a deploy, or within `watch` after it
/// @param onStop when a person stops a deploy
/// @param watch how long after a deploy an alarm still takes it back
public record RollbackTriggers(boolean onFailure, boolean onAlarm, boolean onStop, Duration watch) {

  /// On failure and on alarm, up to ten minutes after; not because a person stopped it.
  public static final RollbackTriggers USUAL =
      new RollbackTriggers(true, true, false, Duration.ofMinutes(10));

  /// Never; a person decides.
  public static final RollbackTriggers NEVER =
      new RollbackTriggers(false, false, false, USUAL.watch());
}
