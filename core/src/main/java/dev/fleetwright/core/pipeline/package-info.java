/// Pipelines and their jobs as data: what runs, in which order, and what follows.
@NullMarked
package dev.fleetwright.core.pipeline;

import org.jspecify.annotations.NullMarked;
