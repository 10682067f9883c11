@NullMarked
package dev.fleetwright.adapters.git;

import org.jspecify.annotations.NullMarked;
