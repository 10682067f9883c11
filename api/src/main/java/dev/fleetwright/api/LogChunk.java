package dev.fleetwright.api;

/// A piece of a log.
///
/// @param from where it begins, in bytes
/// @param to where it ends: where to go on reading
public record LogChunk(long from, long to, String text) {}
