/// Where releases run: names, slugs, tiers, states and policies.
@NullMarked
package dev.fleetwright.core.environment;

import org.jspecify.annotations.NullMarked;
