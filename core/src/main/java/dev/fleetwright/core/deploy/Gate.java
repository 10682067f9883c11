package dev.fleetwright.core.deploy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/// Something that a planned deploy waits for.
///
/// @param name short and fixed, such as `approval` or `queue`; a gate that others open over the API
///   has the name that `fleetwright.yml` gave it
/// @param reason why it is closed
/// @param endedBy what would open it
/// @param opensAt when it opens by itself, where that is known
public record Gate(String name, String reason, String endedBy, Optional<Instant> opensAt) {

  /// The names of the gates that the server itself opens and closes. Those of commit statuses begin
  /// with [#STATUS].
  public static final Set<String> OWN =
      Set.of("approval", "queue", "schedule", "hold", "freeze", "soak", "target");

  /// How the name of the gate of a commit status begins: `status:security/scan`.
  public static final String STATUS = "status:";

  public Gate {
    // As it is kept, so that one that was read equals the one that was written.
    opensAt = opensAt.map(then -> then.truncatedTo(ChronoUnit.MILLIS));
  }

  /// A gate that no clock opens.
  public Gate(String name, String reason, String endedBy) {
    this(name, reason, endedBy, Optional.empty());
  }
}
