package dev.fleetwright.core.deploy;

import dev.fleetwright.core.target.Component;
import java.time.Instant;
import java.util.Optional;

/// A deploy as it was asked for; how far it is, is told by its events.
///
/// @param id unique in this installation
/// @param number counts a project's deploys from 1
/// @param environment its id
/// @param release its id; empty for a take-down
/// @param rollbackOf the deploy that is taken back, or gone back to; for kind rollback
/// @param script the job's script that is part of it, as the component of the pseudo-target
///   `script`
/// @param job the pipeline job that it belongs to, and whose status follows it
/// @param exactly whether its plan was chosen when it was asked for and must not be made anew
/// @param reason in the words of who asked; may be empty
public record Deploy(
    long id,
    long number,
    long environment,
    DeployKind kind,
    Optional<Long> release,
    Optional<Long> rollbackOf,
    Optional<Component> script,
    Optional<Long> job,
    boolean exactly,
    String by,
    String reason,
    Instant createdAt) {}
