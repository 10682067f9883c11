package dev.fleetwright.core.environment;

import java.time.Instant;

/// Something watches an environment and says that it is not well.
///
/// @param id of this one time that it fired; unique in this installation and grows
/// @param name of what watches, such as `error-rate`
/// @param reason in its words; may be empty
/// @param by who raised it
/// @param since when it was raised; raising it again does not change that
public record Alarm(
    long id, long environment, String name, String reason, String by, Instant since) {}
