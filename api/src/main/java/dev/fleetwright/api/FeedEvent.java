package dev.fleetwright.api;

import java.time.Instant;
import java.util.Map;

/// Something that moved, as told by `/api/v1/events`. A hint where to look: the tables are the
/// truth.
///
/// @param id grows; what to resume after
/// @param topic `project`, `pipeline`, `job`, `release`, `environment` or `deploy`
/// @param keys such as `project`, `environment`, `deploy`, `state`
public record FeedEvent(long id, Instant at, String topic, Map<String, String> keys) {}
