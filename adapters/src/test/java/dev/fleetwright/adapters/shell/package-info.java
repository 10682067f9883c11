@NullMarked
package dev.fleetwright.adapters.shell;

import org.jspecify.annotations.NullMarked;
