@NullMarked
package dev.fleetwright.core.engine;

import org.jspecify.annotations.NullMarked;
