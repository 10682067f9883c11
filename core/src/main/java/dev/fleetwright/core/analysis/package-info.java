/// The port to whoever judges a release while it is watched.
@NullMarked
package dev.fleetwright.core.analysis;

import org.jspecify.annotations.NullMarked;
