package dev.fleetwright.api;

/// A server could not be started. The message is a sentence for people that says what to do.
public final class ServerNotStarted extends RuntimeException {

  /// @param reason what stands in the way and what to do about it
  public ServerNotStarted(String reason) {
    super(reason);
  }

  /// @param during what was being done
  public ServerNotStarted(String during, Throwable cause) {
    super(during, cause);
  }
}
