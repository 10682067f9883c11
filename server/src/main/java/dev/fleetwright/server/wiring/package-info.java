/// Puts a server together: the only place that knows every part.
@NullMarked
package dev.fleetwright.server.wiring;

import org.jspecify.annotations.NullMarked;
