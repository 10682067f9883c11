package dev.fleetwright.core.environment;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// What a deploy to an environment has to wait for. A way back waits for approvals only: it is the
/// fix for what the other rules are afraid of.
///
/// @param soak how long a release must have run in the environment before this one; zero for not at
///   all
/// @param freezes when nothing new is deployed
/// @param outside names of gates that others open over the API, such as a load test
/// @param statuses names of commit statuses that must have succeeded
public record Gating(
    Approvals approvals,
    Duration soak,
    List<FreezeWindow> freezes,
    SortedSet<String> outside,
    SortedSet<String> statuses) {

  /// Nothing.
  public static final Gating NONE =
      new Gating(Approvals.NONE, Duration.ZERO, List.of(), new TreeSet<>(), new TreeSet<>());

  public Gating {
    freezes = List.copyOf(freezes);
    outside = Collections.unmodifiableSortedSet(new TreeSet<>(outside));
    statuses = Collections.unmodifiableSortedSet(new TreeSet<>(statuses));
  }

  /// The same with other approvals.
  public Gating with(Approvals changed) {
    return new Gating(changed, soak, freezes, outside, statuses);
  }
}
