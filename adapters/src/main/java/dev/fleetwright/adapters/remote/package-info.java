/// Fetches small text files that pipelines include from other servers.
@NullMarked
package dev.fleetwright.adapters.remote;

import org.jspecify.annotations.NullMarked;
