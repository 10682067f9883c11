package dev.fleetwright.core.deploy;

import java.time.Instant;
import java.util.Optional;

/// What somebody decided about one gate of one deploy: that an outside check passed or failed, or
/// that the deploy goes on although a rule would hold it, such as a fix in a freeze window.
///
/// @param open whether the gate is open from now on
/// @param by who decided
/// @param reason in their words; a rule is overridden only with one
/// @param until when the gate that was opened would have opened by itself: who lets a deploy
///   through this freeze has not let it through the next one. Empty when it opens by no clock
public record GateDecision(boolean open, String by, String reason, Optional<Instant> until) {

  /// For as long as the deploy waits.
  public GateDecision(boolean open, String by, String reason) {
    this(open, by, reason, Optional.empty());
  }

  /// Whether a gate that is closed now is the one that was opened.
  public boolean opens(Gate gate) {
    return open && until.flatMap(end -> gate.opensAt().filter(then -> then.isAfter(end))).isEmpty();
  }

  /// Whether the same person said the same.
  public boolean repeats(GateDecision other) {
    return open == other.open && by.equals(other.by) && reason.equals(other.reason);
  }
}
