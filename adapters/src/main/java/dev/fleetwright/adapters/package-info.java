@NullMarked
package dev.fleetwright.adapters;

import org.jspecify.annotations.NullMarked;
