/// Releases as processes of the machine that the server runs on, kept by a small process of their
/// own that outlives the server.
@NullMarked
package dev.fleetwright.adapters.local;

import org.jspecify.annotations.NullMarked;
