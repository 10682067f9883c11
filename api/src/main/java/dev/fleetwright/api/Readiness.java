package dev.fleetwright.api;

import java.util.Map;

/// Whether a server can work.
///
/// @param ready whether to send it requests
/// @param draining whether it was told to stop: it takes no more work and hands over what it has
/// @param checks what was looked at, such as `database`, and whether it is as it should be
public record Readiness(boolean ready, boolean draining, Map<String, Boolean> checks) {}
