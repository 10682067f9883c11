@NullMarked
package dev.fleetwright.core.environment;

import org.jspecify.annotations.NullMarked;
