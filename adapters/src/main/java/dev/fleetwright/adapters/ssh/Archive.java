package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.ssh.Connection.FeedFailed;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// An [Upload] on its way to the hosts that lack the same.
///
/// For several hosts it is made once and kept in a file meanwhile: reading, checking and packing
/// the content anew for each of them costs as much as encrypting it. For one host, or when it is
/// large, it is made while it is sent, and nothing is kept.
final class Archive implements AutoCloseable {

  /// More than this is not put beside what the server itself keeps in its temporary folder.
  private static final long LARGEST_KEPT = 256L << 20;

  private final Upload upload;
  private final String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  private final Optional<Path> kept;

  private Archive(Upload upload, boolean keep) throws FeedFailed {
    this.upload = upload;
    this.kept = keep ? Optional.of(write()) : Optional.empty();
  }

  /// The archive of an upload that goes to so many hosts.
  ///
  /// @throws FeedFailed if its content cannot be read, or not be kept
  static Archive of(Upload upload, int hosts) throws FeedFailed {
    return new Archive(upload, hosts > 1 && upload.bytes() <= LARGEST_KEPT);
  }

  Upload upload() {
    return upload;
  }

  /// The folder below `incoming` that it is unpacked in.
  String id() {
    return id;
  }

  private Path write() throws FeedFailed {
    try {
      var file = Files.createTempFile("fleetwright-", ".tar");
      try (var out = Files.newOutputStream(file)) {
        upload.writeTo(out, id);
        return file;
      } catch (IOException e) {
        Files.delete(file);
        throw e;
      }
    } catch (FeedFailed e) {
      throw e;
    } catch (IOException e) {
      throw new FeedFailed("keeping what is sent in a temporary file", e);
    }
  }

  void writeTo(OutputStream out) throws IOException {
    if (kept.isEmpty()) {
      upload.writeTo(out, id);
      return;
    }
    try (var in = Files.newInputStream(kept.get())) {
      var buffer = new byte[128 << 10];
      for (var count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
      }
    }
  }

  @Override
  public void close() {
    kept.ifPresent(file -> {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException("deleting " + file, e);
      }
    });
  }
}
