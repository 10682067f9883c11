package dev.fleetwright.server.http;

import dev.fleetwright.core.project.RepositoryServing;
import dev.fleetwright.core.runner.Runners;
import dev.fleetwright.core.secret.Secret;
import java.nio.file.Path;
import java.util.Optional;

/// What runners come in by.
///
/// @param serving gives them the sources
/// @param registrationToken with which they may register themselves; empty when they may not
/// @param incoming a folder for what they upload while it comes in
public record RunnerDoor(
    Runners runners,
    RepositoryServing serving,
    Optional<Secret> registrationToken,
    Path incoming) {}
