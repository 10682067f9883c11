/// Variables: where they come from, which one counts, and how one is written into another.
@NullMarked
package dev.fleetwright.pipeline.variable;

import org.jspecify.annotations.NullMarked;
