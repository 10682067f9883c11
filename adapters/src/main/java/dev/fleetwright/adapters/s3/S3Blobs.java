package dev.fleetwright.adapters.s3;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;

/// Contents as objects, `blobs/ab/abcd…`. A content is written to this machine first, since its
/// name is known only at its end.
record S3Blobs(S3Storage storage, Path scratch) implements Blobs {

  /// There is nothing to keep of it; some servers refuse an object without bytes.
  private static final Digest EMPTY = Digest.of(new byte[0]);

  @Override
  public Digest put(InputStream content) throws IOException {
    Files.createDirectories(scratch);
    var part = Files.createTempFile(scratch, "blob", ".part");
    try {
      var sha = sha256();
      try (var out = new DigestOutputStream(Files.newOutputStream(part), sha)) {
        content.transferTo(out);
      }
      var digest = Digest.of(sha);
      var bytes = Files.size(part);
      if (bytes > S3Storage.MOST_BYTES) {
        throw new IOException(
            "a content of %,d bytes, and a bucket takes %,d at once"
                .formatted(bytes, S3Storage.MOST_BYTES));
      }
      // One that is there is written again when it is old, so that nobody drops it.
      if (bytes > 0 && !storage.has(key(digest), bytes, Instant.now().minus(Duration.ofHours(1)))) {
        storage.put(key(digest), part);
      }
      return digest;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    return digest.equals(EMPTY)
        ? InputStream.nullInputStream()
        : new Checked(digest, storage.open(key(digest)));
  }

  /// @throws UncheckedIOException when the bucket does not answer: that is not a no
  @Override
  public boolean has(Digest digest) {
    try {
      return digest.equals(EMPTY) || storage.size(key(digest)).isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException("asking for a content", e);
    }
  }

  @Override
  public boolean drop(Digest digest, Instant since) throws IOException {
    return !digest.equals(EMPTY) && storage.drop(key(digest), since);
  }

  private static String key(Digest digest) {
    return "blobs/" + digest.hex().substring(0, 2) + "/" + digest.hex();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// Compares at the end: what was changed in the bucket is never taken for what was put.
  private static final class Checked extends FilterInputStream {
    private final Digest expected;
    private final MessageDigest seen = sha256();
    private boolean ended;

    Checked(Digest expected, InputStream content) {
      super(content);
      this.expected = expected;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      var count = super.read(into, from, length);
      if (count > 0) {
        seen.update(into, from, count);
      } else if (count < 0 && !ended) {
        ended = true;
        if (!Digest.of(seen).equals(expected)) {
          throw new IOException("the content of " + expected.hex() + " was changed in the bucket");
        }
      }
      return count;
    }

    /// Read, since what is skipped counts too.
    @Override
    public long skip(long count) throws IOException {
      var bytes = new byte[(int) Math.min(Math.max(count, 0), 1 << 13)];
      return Math.max(0, read(bytes, 0, bytes.length));
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
