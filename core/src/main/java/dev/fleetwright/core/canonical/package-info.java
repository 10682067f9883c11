/// One byte form for each value, so that a hash of it means the value.
@NullMarked
package dev.fleetwright.core.canonical;

import org.jspecify.annotations.NullMarked;
