@NullMarked
package dev.fleetwright.pipeline.freeze;

import org.jspecify.annotations.NullMarked;
