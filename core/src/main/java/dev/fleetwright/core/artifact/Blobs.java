package dev.fleetwright.core.artifact;

import java.io.IOException;
import java.io.InputStream;

/// Content by digest. What was put is never changed; putting it again is putting it once.
///
/// After a crash a blob is either wholly there or not at all: a reader never sees a part.
public interface Blobs {

  /// Keep content, durably: when this returns, it survives a loss of power.
  Digest put(InputStream content) throws IOException;

  /// Keep content, durably.
  default Digest put(byte[] content) throws IOException {
    return put(new java.io.ByteArrayInputStream(content));
  }

  /// Read content. The bytes are checked against the digest while they are read; the last read
  /// fails when they do not match.
  ///
  /// @throws java.io.FileNotFoundException if it is not kept here
  InputStream open(Digest digest) throws IOException;

  /// Read content wholly, checked against the digest.
  default byte[] read(Digest digest) throws IOException {
    try (var in = open(digest)) {
      return in.readAllBytes();
    }
  }

  /// Drop content that nobody names any more. What was put again since stays: whoever put it may be
  /// about to name it.
  ///
  /// @param since longer ago than it can take from putting a content to putting its name on record
  /// @return whether it was dropped
  boolean drop(Digest digest, java.time.Instant since) throws IOException;

  /// Whether it is kept here.
  boolean has(Digest digest);
}
