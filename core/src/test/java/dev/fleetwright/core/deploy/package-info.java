@NullMarked
package dev.fleetwright.core.deploy;

import org.jspecify.annotations.NullMarked;
