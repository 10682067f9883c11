/// What adapters that speak HTTP share.
@NullMarked
package dev.fleetwright.adapters.http;

import org.jspecify.annotations.NullMarked;
