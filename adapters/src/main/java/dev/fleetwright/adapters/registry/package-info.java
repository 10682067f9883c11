/// Registries of container images, spoken to with jib-core.
@NullMarked
package dev.fleetwright.adapters.registry;

import org.jspecify.annotations.NullMarked;
