package dev.fleetwright.core.project;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The host of a repository cannot answer now; it may later.
public final class RemoteUnavailable extends IOException {

  private final Duration again;

  /// @param message which host, and what is the matter
  /// @param again when it is worth asking; sooner, it is not asked
  public RemoteUnavailable(String message, Duration again, @Nullable Exception cause) {
    super(message, cause);
    this.again = again;
  }

  /// When it is worth asking.
  public Duration again() {
    return again;
  }
}
