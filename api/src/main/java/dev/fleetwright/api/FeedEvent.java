package dev.fleetwright.api;

import java.time.Instant;
import java.util.Map;

/// Something that moved, as told by `/api/v1/events`. A hint where to look: the tables are the
/// truth.
///
/// @param id grows; what to resume after
/// @param topic `project`, `pipeline`, `job`, `release`, `environment` or `deploy`; or [#RESET]
/// @param keys such as `project`, `environment`, `deploy`, `state`; none of a reset
public record FeedEvent(long id, Instant at, String topic, Map<String, String> keys) {

  /// Events were missed: they are no longer kept, or the server's database was restored from a
  /// backup. Read anew what you show; later events follow as usual. Comes to every watch.
  public static final String RESET = "reset";
}
