/// Who is calling: tokens, browser sessions, first token, webhook secrets. Knows nothing of HTTP.
@NullMarked
package dev.fleetwright.server.auth;

import org.jspecify.annotations.NullMarked;
