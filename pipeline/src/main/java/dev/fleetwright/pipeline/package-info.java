@NullMarked
package dev.fleetwright.pipeline;

import org.jspecify.annotations.NullMarked;
