package dev.fleetwright.core.deploy;

/// Something that a planned deploy waits for.
///
/// @param name short and fixed, such as `approval` or `queue`
/// @param reason why it is closed
/// @param endedBy what would open it
public record Gate(String name, String reason, String endedBy) {}
