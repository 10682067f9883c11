package dev.fleetwright.testkit.simulation;

import java.util.EnumSet;
import java.util.Set;

/// Something that runs threads: one life of a simulated server, or the people outside. A server
/// that comes back is another node.
final class Node {
  /// As leases name it.
  final String name;

  /// Whether faults may stop it.
  final boolean mortal;

  /// How far its clock on the wall is off.
  long wallOffNanos;

  /// Until when it gets no turn, as if stopped by a signal.
  long pausedUntil;

  /// Until when the store does not answer it.
  long storeAwayUntil;

  /// Links that let nothing through: whoever sends something waits.
  final Set<Link> clogged = EnumSet.noneOf(Link.class);

  /// Where a node's calls go.
  enum Link {
    STORE,
    TARGETS
  }

  /// When something last went wrong for it.
  long lastTrouble;

  private boolean dead;

  Node(String name, boolean mortal) {
    this.name = name;
    this.mortal = mortal;
  }

  boolean dead() {
    return dead;
  }

  void die() {
    dead = true;
  }
}
