/// Asks what a release answers over HTTP.
@NullMarked
package dev.fleetwright.adapters.probe;

import org.jspecify.annotations.NullMarked;
