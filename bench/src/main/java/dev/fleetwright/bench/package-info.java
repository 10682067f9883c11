@NullMarked
package dev.fleetwright.bench;

import org.jspecify.annotations.NullMarked;
