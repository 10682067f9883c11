package dev.fleetwright.api;

import java.util.List;

/// Why a request was not done.
///
/// @param code stable, such as `not_found`; programs decide on it
/// @param kind whose turn it is
/// @param message what is wrong and where, for people
/// @param remedy what to do about it
/// @param problems every mistake, when there are several or they are in files
/// @param request names the request in the server's log
public record Failure(
    String code, Kind kind, String message, String remedy, List<Problem> problems, String request) {

  /// Who can do something about a failure.
  public enum Kind {
    /// Who asked: the request or a file has to change.
    USER,
    /// Who runs the target: it refused or cannot be reached.
    TARGET,
    /// Who runs the server.
    INTERNAL
  }

  /// The body of every answer that is not a success.
  public record Body(Failure error) {}
}
