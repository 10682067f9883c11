package dev.fleetwright.core.engine;

/// The right to write engine events for one environment, or for one pipeline.
///
/// @param id of the environment or pipeline
/// @param generation the fencing token: grows by one with each claim, is checked in the same SQL
///   statement as each write and handed to targets
public record Lease(long id, long generation) {}
