package dev.fleetwright.api;

/// No answer came from the server.
public final class ServerUnreachable extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// @param during what was being done, such as `GET http://…/api/v1/projects`
  public ServerUnreachable(String during, Throwable cause) {
    super(during, cause);
  }
}
