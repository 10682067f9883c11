@NullMarked
package dev.fleetwright.server.wiring;

import org.jspecify.annotations.NullMarked;
