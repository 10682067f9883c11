/// Immutable sets of components that a pipeline made from one commit.
@NullMarked
package dev.fleetwright.core.release;

import org.jspecify.annotations.NullMarked;
