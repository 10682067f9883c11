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

  /// Whether it is kept here.
  boolean has(Digest digest);
}
