package dev.fleetwright.core.deploy;

import java.time.Instant;
import java.util.Optional;

/// A deploy and how far it is.
///
/// @param sequence how many events it has
/// @param startedAt when its first step became due
/// @param finishedAt when it reached a state that never changes
public record DeployView(
    Deploy deploy,
    DeployState state,
    long sequence,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt,
    Instant updatedAt) {}
