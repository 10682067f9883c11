/// Jobs, run by a shell of this machine or in containers of its own.
@NullMarked
package dev.fleetwright.adapters.executor;

import org.jspecify.annotations.NullMarked;
