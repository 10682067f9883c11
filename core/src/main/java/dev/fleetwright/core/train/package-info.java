/// Several deploys that belong together and have an order.
@NullMarked
package dev.fleetwright.core.train;

import org.jspecify.annotations.NullMarked;
