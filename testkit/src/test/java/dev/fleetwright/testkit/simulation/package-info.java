@NullMarked
package dev.fleetwright.testkit.simulation;

import org.jspecify.annotations.NullMarked;
