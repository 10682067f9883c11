@NullMarked
package dev.fleetwright.server.operations;

import org.jspecify.annotations.NullMarked;
