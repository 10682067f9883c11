@NullMarked
package dev.fleetwright.kubernetes.health;

import org.jspecify.annotations.NullMarked;
