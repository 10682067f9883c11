package dev.fleetwright.core.target;

/// What comes with every request to change something.
///
/// @param id the same on every repetition
/// @param fencingToken grows with each change of the holder of the environment's lease. A target
///   that can, keeps the highest it has seen for a place and refuses a lower one: it comes from a
///   server that lost its lease and does not know it yet
/// @param log takes lines for people while the work goes on; masked before they are stored
public record Order(ApplyId id, long fencingToken, StepLog log) {}
