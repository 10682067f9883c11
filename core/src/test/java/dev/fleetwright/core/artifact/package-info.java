@NullMarked
package dev.fleetwright.core.artifact;

import org.jspecify.annotations.NullMarked;
