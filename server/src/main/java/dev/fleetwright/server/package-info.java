@NullMarked
package dev.fleetwright.server;

import org.jspecify.annotations.NullMarked;
