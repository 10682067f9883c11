/// The real engine in a world that a seed decides: its time, its store's faults, its targets, the
/// people who use it, and which of its threads goes on.
@NullMarked
package dev.fleetwright.testkit.simulation;

import org.jspecify.annotations.NullMarked;
