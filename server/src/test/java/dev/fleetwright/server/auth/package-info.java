@NullMarked
package dev.fleetwright.server.auth;

import org.jspecify.annotations.NullMarked;
