package dev.fleetwright.kubernetes;

import dev.fleetwright.kubernetes.client.ApiRefused;
import java.io.IOException;

/// The API server said no to one object.
final class Denied extends IOException {

  private final transient ApiRefused refused;

  Denied(ObjectKey key, ApiRefused refused) {
    super(Wording.of(key, refused), refused);
    this.refused = refused;
  }

  /// Whether asking again later may help.
  ApiRefused refused() {
    return refused;
  }
}
