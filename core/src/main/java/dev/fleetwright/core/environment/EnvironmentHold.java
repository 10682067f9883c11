package dev.fleetwright.core.environment;

import java.time.Instant;
import java.util.Optional;

/// While an environment has one, it takes no release by itself, neither of a branch nor from the
/// environment before. People may deploy.
///
/// @param id grows; unique in this installation
/// @param deploy the deliberate deploy of something older that set it; empty when it was set for
///   itself
/// @param by who set it
/// @param reason in their words; may be empty
public record EnvironmentHold(
    long id, long environment, Optional<Long> deploy, String by, String reason, Instant since) {}
