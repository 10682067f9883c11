/// What the targets that run components as processes share: how a component says that it is run.
@NullMarked
package dev.fleetwright.adapters.process;

import org.jspecify.annotations.NullMarked;
