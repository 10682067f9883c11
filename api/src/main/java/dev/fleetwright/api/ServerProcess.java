package dev.fleetwright.api;

/// A server that can be started in this process. Found by [java.util.ServiceLoader].
public interface ServerProcess {

  /// Start it; returns when it is ready for requests.
  ///
  /// @throws ServerNotStarted with a sentence for people: the port is taken, the data directory is
  ///   in use, the database cannot be reached
  RunningServer start(ServerOptions options);
}
