package dev.fleetwright.core.deploy;

/// What somebody decided about one gate of one deploy: that an outside check passed or failed, or
/// that the deploy goes on although a rule would hold it, such as a fix in a freeze window.
///
/// @param open whether the gate is open from now on
/// @param by who decided
/// @param reason in their words; a rule is overridden only with one
public record GateDecision(boolean open, String by, String reason) {}
