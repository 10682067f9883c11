@NullMarked
package dev.fleetwright.core;

import org.jspecify.annotations.NullMarked;
