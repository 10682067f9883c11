@NullMarked
package dev.fleetwright.server.http;

import org.jspecify.annotations.NullMarked;
