/// Jobs, run by a shell of this machine.
@NullMarked
package dev.fleetwright.adapters.shell;

import org.jspecify.annotations.NullMarked;
