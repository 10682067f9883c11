package dev.fleetwright.server.auth;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import java.util.Optional;

/// Who is calling, and by what right.
///
/// @param token the hash of the token that opened the door
/// @param session the browser session, when it was not the token itself
public record Caller(Actor actor, Digest token, Optional<Digest> session) {}
