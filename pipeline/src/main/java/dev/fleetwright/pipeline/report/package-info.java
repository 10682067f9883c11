/// What jobs report of their tests.
@NullMarked
package dev.fleetwright.pipeline.report;

import org.jspecify.annotations.NullMarked;
