@NullMarked
package dev.fleetwright.adapters.http;

import org.jspecify.annotations.NullMarked;
