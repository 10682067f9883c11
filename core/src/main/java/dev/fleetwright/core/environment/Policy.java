package dev.fleetwright.core.environment;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What `fleetwright.yml` of the default branch says about an environment beyond its targets.
///
/// @param gating what a deploy waits for
/// @param promotion where releases come from
/// @param queue in which order deploys take their turn
/// @param preemptible while waiting for what a deploy that has begun gives way to a newer one that
///   is ready
/// @param rollback when it goes back by itself
/// @param strategy how a new release takes the place of the old one
/// @param components names of the components that run here; empty for all
/// @param variables set for every component here
public record Policy(
    Gating gating,
    Promotion promotion,
    QueueMode queue,
    Set<Idleness> preemptible,
    RollbackTriggers rollback,
    Strategy strategy,
    List<String> components,
    SortedMap<String, String> variables) {

  /// A newer deploy does not wait for an older one that hopes for health or holds a canary, since
  /// it may be the fix; a pause that a person asked for stays.
  public static final Set<Idleness> USUALLY_PREEMPTIBLE =
      Collections.unmodifiableSet(EnumSet.of(Idleness.HEALTH, Idleness.HOLD));

  /// No rules.
  public static final Policy NONE =
      new Policy(
          Gating.NONE,
          Promotion.NONE,
          QueueMode.UNORDERED,
          USUALLY_PREEMPTIBLE,
          RollbackTriggers.USUAL,
          Strategy.USUAL,
          List.of(),
          new TreeMap<>());

  public Policy {
    preemptible =
        preemptible.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(preemptible));
    components = List.copyOf(components);
    variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
  }

  /// The same with other gates.
  public Policy with(Gating changed) {
    return new Policy(
        changed, promotion, queue, preemptible, rollback, strategy, components, variables);
  }

  /// The same with other sources of releases.
  public Policy with(Promotion changed) {
    return new Policy(
        gating, changed, queue, preemptible, rollback, strategy, components, variables);
  }

  /// The same with other reasons to go back by itself.
  public Policy with(RollbackTriggers changed) {
    return new Policy(
        gating, promotion, queue, preemptible, changed, strategy, components, variables);
  }

  /// The same with another order.
  public Policy with(QueueMode changed) {
    return new Policy(
        gating, promotion, changed, preemptible, rollback, strategy, components, variables);
  }

  /// The same with another strategy.
  public Policy with(Strategy changed) {
    return new Policy(
        gating, promotion, queue, preemptible, rollback, changed, components, variables);
  }

  /// The same with other waits at which a deploy gives way.
  public Policy preempting(Set<Idleness> changed) {
    return new Policy(gating, promotion, queue, changed, rollback, strategy, components, variables);
  }

  /// The same for these components only.
  public Policy withComponents(List<String> changed) {
    return new Policy(
        gating, promotion, queue, preemptible, rollback, strategy, changed, variables);
  }

  /// The same with these variables.
  public Policy withVariables(SortedMap<String, String> changed) {
    return new Policy(
        gating, promotion, queue, preemptible, rollback, strategy, components, changed);
  }
}
