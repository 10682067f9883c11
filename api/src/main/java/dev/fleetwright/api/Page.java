package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A part of a list, and how it was obtained.
///
/// @param source `record` when it is what the database says, `target` when targets were asked
/// @param asOf when it was read
/// @param page from 1
/// @param more whether there is a next page
/// @param unreadable those of this part that are damaged on record, and why; not there when all is
///   well
public record Page<T>(
    List<T> items,
    String source,
    Instant asOf,
    int page,
    int perPage,
    boolean more,
    Optional<List<Unreadable>> unreadable) {

  /// A part of a list in which everything can be read.
  public Page(List<T> items, String source, Instant asOf, int page, int perPage, boolean more) {
    this(items, source, asOf, page, perPage, more, Optional.empty());
  }
}
