/// A deploy as data: its states, its events, and the pure rules between them.
@NullMarked
package dev.fleetwright.core.deploy;

import org.jspecify.annotations.NullMarked;
