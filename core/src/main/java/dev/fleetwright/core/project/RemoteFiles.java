package dev.fleetwright.core.project;

import java.net.URI;

/// Small text files on other servers, which people who can push may name.
///
/// An implementation asks only hosts that the operator of this server allowed, follows no redirect,
/// and bounds time and size.
public interface RemoteFiles {

  /// What became of fetching one.
  sealed interface Fetched {
    record Content(String text) implements Fetched {}

    /// @param reason a clause, such as `host example.org is not allowed`
    record No(String reason) implements Fetched {}
  }

  /// Fetch a file. Blocks for a bounded time.
  ///
  /// @param most bytes; a larger file is not read to its end
  Fetched fetch(URI address, int most);
}
