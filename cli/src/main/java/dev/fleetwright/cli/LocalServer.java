package dev.fleetwright.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A server that was started from this folder, found by the files in its data folder, so that
/// `./fleetwright watch` beside a running demo needs no options.
///
/// @param data its data folder
record LocalServer(Path data, URI address) {

  private static final String ADDRESS = "address";
  private static final String TOKEN = "admin-token";

  /// Write down where a server can be reached; the next start from the same folder overwrites it.
  static void remember(Path data, URI address) throws IOException {
    Files.writeString(data.resolve(ADDRESS), address + "\n");
  }

  /// The server whose data folder is a usual one below this folder: of several, the one that was
  /// started last.
  static Optional<LocalServer> below(Path folder) {
    return Connection.usualFolders(folder).stream()
        .filter(data -> Files.isRegularFile(data.resolve(ADDRESS)))
        .max((a, b) ->
            Long.compare(
                a.resolve(ADDRESS).toFile().lastModified(),
                b.resolve(ADDRESS).toFile().lastModified()))
        .map(data -> new LocalServer(data, URI.create(Connection.read(data.resolve(ADDRESS)))));
  }

  Optional<String> token() {
    var file = data.resolve(TOKEN);
    return Files.isReadable(file) ? Optional.of(Connection.read(file)) : Optional.empty();
  }
}
