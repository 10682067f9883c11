@NullMarked
package dev.fleetwright.adapters.executor;

import org.jspecify.annotations.NullMarked;
