package dev.fleetwright.server.operations;

import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.runner.Dispatch;
import java.util.function.BooleanSupplier;

/// What the operations on runners and their jobs are made of.
///
/// @param artifactBytes how large one upload of a job may be
/// @param logBytes how much a job may print
/// @param open whether this server gives out work
public record RunnerParts(
    Dispatch dispatch,
    Feed feed,
    LogStore logs,
    long artifactBytes,
    long logBytes,
    BooleanSupplier open) {}
