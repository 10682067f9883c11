/// The loops that take deploys and pipelines to their end, and the ports they need.
@NullMarked
package dev.fleetwright.core.engine;

import org.jspecify.annotations.NullMarked;
