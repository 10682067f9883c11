@NullMarked
package dev.fleetwright.api;

import org.jspecify.annotations.NullMarked;
