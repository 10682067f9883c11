@NullMarked
package dev.fleetwright.store;

import org.jspecify.annotations.NullMarked;
