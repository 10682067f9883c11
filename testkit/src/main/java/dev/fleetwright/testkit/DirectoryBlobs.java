package dev.fleetwright.testkit;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;

/// Blobs as files of one folder, named by digest. Keeps the contract of [Blobs] except that it does
/// not outlive a loss of power: tests lose nothing when the power goes.
public final class DirectoryBlobs implements Blobs {

  private final Path folder;

  /// Blobs in this folder, which is made when it is not there.
  public DirectoryBlobs(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /// Where they are.
  public Path folder() {
    return folder;
  }

  @Override
  public Digest put(InputStream content) throws IOException {
    var hash = Digest.sha256();
    var part = Files.createTempFile(folder, "part-", "");
    try (var out = new DigestOutputStream(Files.newOutputStream(part), hash)) {
      content.transferTo(out);
    }
    var digest = Digest.of(hash);
    Files.move(part, file(digest), StandardCopyOption.ATOMIC_MOVE);
    return digest;
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    try {
      return new Checked(Files.newInputStream(file(digest)), digest);
    } catch (NoSuchFileException e) {
      var missing = new FileNotFoundException("no blob " + digest);
      missing.initCause(e);
      throw missing;
    }
  }

  @Override
  public boolean has(Digest digest) {
    return Files.exists(file(digest));
  }

  @Override
  public boolean drop(Digest digest, Instant since) throws IOException {
    try {
      return Files.getLastModifiedTime(file(digest)).toInstant().isBefore(since)
          && Files.deleteIfExists(file(digest));
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  /// Forget a blob, as a failed disk would.
  public void lose(Digest digest) throws IOException {
    Files.delete(file(digest));
  }

  /// Change a byte of a blob, as a failing disk would.
  public void rot(Digest digest) throws IOException {
    var bytes = Files.readAllBytes(file(digest));
    bytes[0] ^= 1;
    Files.write(file(digest), bytes);
  }

  private Path file(Digest digest) {
    return folder.resolve(digest.hex());
  }

  private static final class Checked extends FilterInputStream {
    private final Digest expected;
    private final MessageDigest hash = Digest.sha256();
    private boolean ended;

    Checked(InputStream content, Digest expected) {
      super(content);
      this.expected = expected;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      var count = super.read(bytes, from, length);
      if (count > 0) {
        hash.update(bytes, from, count);
      } else if (count < 0 && !ended) {
        ended = true;
        var found = Digest.of(hash);
        if (!found.equals(expected)) {
          throw new IOException("blob " + expected + " is damaged: it now hashes to " + found);
        }
      }
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      return readNBytes((int) Math.min(count, 8192)).length;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
