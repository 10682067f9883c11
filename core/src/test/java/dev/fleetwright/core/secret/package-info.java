@NullMarked
package dev.fleetwright.core.secret;

import org.jspecify.annotations.NullMarked;
