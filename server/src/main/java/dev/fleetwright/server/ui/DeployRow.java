package dev.fleetwright.server.ui;

/// A deploy in a list.
///
/// @param kind `deploy`, `stop` or `rollback`
/// @param took how long; empty while it is not over
/// @param reason in the words of who asked, or why it ended; may be empty
record DeployRow(
    String href,
    long number,
    Badge kind,
    String what,
    Link environment,
    Badge state,
    String by,
    Moment at,
    String took,
    String reason) {}
