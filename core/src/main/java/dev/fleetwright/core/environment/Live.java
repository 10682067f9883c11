package dev.fleetwright.core.environment;

import dev.fleetwright.core.artifact.Digest;
import java.time.Instant;
import java.util.Optional;

/// What the last deploy left on one target of an environment.
///
/// @param revision what runs there by the record; [dev.fleetwright.core.target.Target#observe]
///   tells what really does
/// @param release that it came from; empty after a take-down
/// @param mixed whether the deploy was stopped half-way, so that instances differ
/// @param good the revision that the last deploy that succeeded brought, to which undoing goes;
///   differs from `revision` after one that was cancelled, pre-empted or got stuck, and is that of
///   [dev.fleetwright.core.target.Revision#EMPTY] when none has succeeded
public record Live(
    String target,
    Digest revision,
    Optional<Long> release,
    long deploy,
    Instant since,
    boolean mixed,
    Digest good) {}
