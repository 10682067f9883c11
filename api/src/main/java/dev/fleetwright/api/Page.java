package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;

/// A part of a list, and how it was obtained.
///
/// @param source `record` when it is what the database says, `target` when targets were asked
/// @param asOf when it was read
/// @param page from 1
/// @param more whether there is a next page
public record Page<T>(
    List<T> items, String source, Instant asOf, int page, int perPage, boolean more) {}
