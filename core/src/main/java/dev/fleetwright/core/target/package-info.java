/// The port to every place that releases are deployed to.
@NullMarked
package dev.fleetwright.core.target;

import org.jspecify.annotations.NullMarked;
