package dev.fleetwright.testkit.history;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Place;

/// One line of a target's effect log: something there really changed. Targets of tests write it in
/// the moment of the change, where no server can reach it.
///
/// @param atNanos of a clock that only goes forward, the same for all targets
/// @param id the order as the target received it
/// @param host the instance that changed
/// @param token the fencing token that came with the order
/// @param attempt how often this order has been received, from 1
/// @param payload of what the order wanted on that host; equal for every repetition
/// @param putBack whether this took back what the same call had begun
public record Effect(
    long atNanos,
    ApplyId id,
    Place place,
    String host,
    long token,
    int attempt,
    Digest payload,
    boolean putBack) {}
