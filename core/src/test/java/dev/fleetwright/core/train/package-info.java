@NullMarked
package dev.fleetwright.core.train;

import org.jspecify.annotations.NullMarked;
