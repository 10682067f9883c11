package dev.fleetwright.api;

import java.util.Map;

/// Whether a server can work.
///
/// @param checks what was looked at, such as `database`, and whether it is as it should be
public record Readiness(boolean ready, Map<String, Boolean> checks) {}
