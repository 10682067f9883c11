/// Values that must never be printed.
@NullMarked
package dev.fleetwright.core.secret;

import org.jspecify.annotations.NullMarked;
