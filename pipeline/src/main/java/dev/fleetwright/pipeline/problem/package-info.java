/// What is wrong with a file, and where.
@NullMarked
package dev.fleetwright.pipeline.problem;

import org.jspecify.annotations.NullMarked;
