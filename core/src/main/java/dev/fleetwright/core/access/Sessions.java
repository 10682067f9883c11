package dev.fleetwright.core.access;

import dev.fleetwright.core.artifact.Digest;
import java.time.Instant;
import java.util.Optional;

/// Browsers that are signed in. Kept with everything else, so that they stay signed in when a
/// server dies, and so that signing out counts on all replicas at once.
public interface Sessions {

  /// One browser.
  ///
  /// @param id the SHA-256 of what the browser's cookie holds
  /// @param token the SHA-256 of the token that it was signed in with; the session counts for
  ///   nothing once that token is gone
  /// @param seenAt when it was last used, to about a minute
  record Session(Digest id, Digest token, Instant createdAt, Instant seenAt) {}

  /// Keep a new session. Removes those last used before `idleSince`, and those made before
  /// `oldest`, so that the record does not grow for ever.
  void add(Session session, Instant idleSince, Instant oldest);

  /// One session.
  Optional<Session> find(Digest id);

  /// Note that it was used.
  void seen(Digest id, Instant at);

  /// Forget it; nothing happens when it is not there.
  void remove(Digest id);
}
