package dev.fleetwright.api;

import java.time.Instant;

/// A link that signs one browser in, once.
///
/// @param url holds a code, never a token
public record LoginLink(String url, Instant expiresAt) {}
