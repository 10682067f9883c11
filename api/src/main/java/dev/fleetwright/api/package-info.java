/// What travels between the server and its clients: records with their JSON, a client, and how a
/// server is started in one's own process. Knows nothing of the core.
@NullMarked
package dev.fleetwright.api;

import org.jspecify.annotations.NullMarked;
