/// Questions about what leads to what.
@NullMarked
package dev.fleetwright.pipeline.graph;

import org.jspecify.annotations.NullMarked;
