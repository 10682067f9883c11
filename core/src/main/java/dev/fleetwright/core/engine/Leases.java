package dev.fleetwright.core.engine;

import java.time.Duration;
import java.util.Optional;

/// Hands out environments or pipelines that have work, at most one holder each. Times are the
/// database's: no host's clock is trusted.
public interface Leases {

  /// Take something that has work for the engine and that nobody holds, or whose holder has not
  /// renewed in time. Fair: those whose holder fell silent first, then what has waited longest
  /// since its work came in or it was last given back.
  ///
  /// @param owner names this server in the record
  /// @param life how long it lasts unless renewed
  Optional<Lease> claim(String owner, Duration life);

  /// Hold it for longer.
  ///
  /// @return false when a newer generation has it: stop at once
  boolean renew(Lease lease, Duration life);

  /// Give it back, if it is still ours. When it still has work, it may be claimed again at once.
  default void release(Lease lease) {
    release(lease, Duration.ZERO);
  }

  /// Give it back, if it is still ours, after work on it failed: that counts as a try in vain, as
  /// it does when the holder dies ([#tries]).
  void failed(Lease lease, Duration rest);

  /// How it went so far.
  Tries tries(Lease lease);

  /// Note what is worked on now, in case that this try is in vain too. Without effect when it is no
  /// longer ours.
  ///
  /// @param deploy its id
  void suspect(Lease lease, long deploy);

  /// How often something was handed out, this time included, since a holder last gave it back in
  /// order or stored something with it. It is counted, for good, before it is handed out. So more
  /// than a few tries mean that whoever works on it fails, or dies of it.
  ///
  /// @param count 0 for a lease that is no longer ours
  /// @param suspect the id of the deploy that was worked on last, where that was noted
  record Tries(int count, Optional<Long> suspect) {}

  /// Give it back, if it is still ours and has work, so that another server may have its turn: for
  /// a moment it is not handed to the same owner again. Where there is one server, as [#release].
  default void passOn(Lease lease) {
    release(lease);
  }

  /// Give it back, if it is still ours. When it still has work that only waits, for a gate or a
  /// person, it is not handed out again before `rest` is over, unless something new comes in for it
  /// meanwhile: a deploy, or an event that no lease was needed for.
  void release(Lease lease, Duration rest);
}
