package dev.fleetwright.core.environment;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What `fleetwright.yml` of the default branch says about an environment beyond its targets.
///
/// @param approvals how many different people must approve a plan; 0 for none
/// @param auto the branch whose releases are deployed here by themselves
/// @param after the environment that a release must have been deployed to before
/// @param components names of the components that run here; empty for all
/// @param variables set for every component here
public record Policy(
    int approvals,
    Optional<String> auto,
    Optional<EnvironmentName> after,
    List<String> components,
    SortedMap<String, String> variables) {

  /// No rules.
  public static final Policy NONE =
      new Policy(0, Optional.empty(), Optional.empty(), List.of(), new TreeMap<>());

  public Policy {
    components = List.copyOf(components);
    variables = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(variables));
  }
}
