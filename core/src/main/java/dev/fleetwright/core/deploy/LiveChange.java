package dev.fleetwright.core.deploy;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployState.Cancelled;
import dev.fleetwright.core.deploy.DeployState.Preempted;
import dev.fleetwright.core.deploy.DeployState.Stuck;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a deploy's end means for the record of what runs on one target.
///
/// @param release empty when nothing runs any more
/// @param mixed whether instances differ now
/// @param good whether it is known to work, so that later deploys may go back to it
public record LiveChange(
    String target, Digest revision, Optional<Long> release, boolean mixed, boolean good) {

  /// The changes that reaching this state brings. A deploy that was rolled back, refused or
  /// superseded brings none: what ran before runs again.
  public static List<LiveChange> of(DeployState state) {
    return switch (state) {
      case Succeeded(var plan) ->
          plan.targets().stream()
              .map(t -> new LiveChange(t.binding().name(), t.to(), plan.release(), false, true))
              .toList();
      case Cancelled(var plan, _, var applied) ->
          plan.map(p -> partly(p, applied)).orElse(List.of());
      case Preempted(var plan, var applied, _) -> partly(plan, applied);
      // Steps up to and with the one that refused to go back are still in place, in part.
      case Stuck(var plan, var step, _, _) -> partly(plan, step + 1);
      case DeployState.Draft _,
          DeployState.Waiting _,
          DeployState.Running _,
          DeployState.Paused _,
          DeployState.Verifying _,
          DeployState.RollingBack _,
          DeployState.Quarantined _,
          DeployState.RolledBack _,
          DeployState.Superseded _,
          DeployState.Refused _ ->
          List.of();
    };
  }

  private static List<LiveChange> partly(Plan plan, int applied) {
    var changes = new ArrayList<LiveChange>();
    for (var target : plan.targets()) {
      var name = target.binding().name();
      var done = plan.steps().subList(0, applied).stream().filter(s -> s.changes(name));
      var all = plan.steps().stream().filter(s -> s.changes(name)).count();
      var count = done.count();
      if (count > 0) {
        changes.add(new LiveChange(name, target.to(), plan.release(), count < all, false));
      }
    }
    return changes;
  }
}
