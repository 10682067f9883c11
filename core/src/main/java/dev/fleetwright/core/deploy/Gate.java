package dev.fleetwright.core.deploy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Something that a planned deploy waits for.
///
/// @param name short and fixed, such as `approval` or `queue`; a gate that others open over the API
///   has the name that `fleetwright.yml` gave it
/// @param reason why it is closed
/// @param endedBy what would open it
/// @param opensAt when it opens by itself, where that is known
public record Gate(String name, String reason, String endedBy, Optional<Instant> opensAt) {

  public Gate {
    // As it is kept, so that one that was read equals the one that was written.
    opensAt = opensAt.map(then -> then.truncatedTo(ChronoUnit.MILLIS));
  }

  /// A gate that no clock opens.
  public Gate(String name, String reason, String endedBy) {
    this(name, reason, endedBy, Optional.empty());
  }
}
