package dev.fleetwright.server.http;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.target.Revision;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads stored revisions, to compare with what is seen.
final class LiveRevisions {

  private static final Logger log = LoggerFactory.getLogger(LiveRevisions.class);

  private final Blobs blobs;

  LiveRevisions(Blobs blobs) {
    this.blobs = blobs;
  }

  /// The revision of that name; empty when it is not kept or cannot be read.
  Optional<Revision> find(Digest digest) {
    try {
      return blobs.has(digest) ? Optional.of(Revision.of(blobs.read(digest))) : Optional.empty();
    } catch (IOException e) {
      log.atWarn().addKeyValue("revision", digest).setCause(e).log("revision cannot be read");
      return Optional.empty();
    }
  }
}
