@NullMarked
package dev.fleetwright.adapters.registry;

import org.jspecify.annotations.NullMarked;
