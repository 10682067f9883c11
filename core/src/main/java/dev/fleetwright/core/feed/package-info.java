/// Everything that moves, in one order, for those who watch.
@NullMarked
package dev.fleetwright.core.feed;

import org.jspecify.annotations.NullMarked;
