package dev.fleetwright.core.deploy;

import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.target.Component;
import java.util.Optional;

/// What is asked for. Fields as in [Deploy].
///
/// @param plan chosen beforehand from a preview; such a deploy refuses when what the plan was made
///   on has moved, it is never planned anew
/// @param idempotencyKey repeating a request with the same key gives the first one's deploy
public record DeployRequest(
    long environment,
    DeployKind kind,
    Optional<Long> release,
    Optional<Long> rollbackOf,
    Optional<Component> script,
    Optional<Long> job,
    Optional<Plan> plan,
    Optional<String> idempotencyKey,
    String reason) {}
