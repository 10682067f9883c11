/// Everything that is said over HTTP, except what pages look like: the routes and who may call
/// them, the REST API and its description, event streams, webhooks.
@NullMarked
package dev.fleetwright.server.http;

import org.jspecify.annotations.NullMarked;
