package dev.fleetwright.store;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Blobs as files: `sha256/1a/2b3c…` holds the content whose digest is `1a2b3c…`.
///
/// Content is written beside its place, forced to the disk, moved there in one step, and the folder
/// is forced to the disk too; only then is it kept. What a crash leaves half-written is swept away
/// a day later. Several servers may share the folder.
public final class DiskBlobs implements Blobs {

  private static final int SHARD = 2;
  private static final int SETTLED = 10_000;
  private static final int BUFFER = 1 << 16;
  private static final Duration LEFT_BEHIND = Duration.ofDays(1);

  /// A content that is put again is made young again only when it has not been for so long.
  private static final Duration YOUNG = Duration.ofHours(1);

  private final Path folder;
  private final Path incoming;

  /// The newest of those whose entries this process has forced to the disk, and which file it was:
  /// another server may have replaced a damaged one since.
  private final Map<Digest, Entry> settled = Newest.remembering(SETTLED);

  private record Entry(@Nullable Object file, FileTime changed) {}

  /// @param folder where the blobs are; made when it is not there
  public DiskBlobs(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder.resolve("sha256"));
    this.incoming = Files.createDirectories(folder.resolve("incoming"));
    sweep();
  }

  private void sweep() throws IOException {
    var tooOld = Instant.now().minus(LEFT_BEHIND);
    try (var files = Files.newDirectoryStream(incoming)) {
      for (var file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(tooOld)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  @Override
  public Digest put(byte[] content) throws IOException {
    // Most of what is put is there already, such as files that did not change: then not even a
    // temporary file is written.
    var digest = Digest.of(content);
    if (!isWhole(digest) || !stays(digest)) {
      return put(new ByteArrayInputStream(content));
    }
    settle(digest);
    return digest;
  }

  /// Make a content look young that is put again, so that nobody drops it ([#drop]).
  ///
  /// @return false when it was dropped just now
  private boolean stays(Digest digest) throws IOException {
    try {
      var now = Instant.now();
      if (Files.getLastModifiedTime(file(digest)).toInstant().isBefore(now.minus(YOUNG))) {
        Files.setLastModifiedTime(file(digest), FileTime.from(now));
      }
      return true;
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  /// {@inheritDoc}
  ///
  /// It is first moved aside and then looked at again: somebody may put it at the same moment, and
  /// finds it gone or has made it young.
  @Override
  public boolean drop(Digest digest, Instant since) throws IOException {
    var aside = incoming.resolve("dropped-" + digest.hex());
    try {
      if (!Files.getLastModifiedTime(file(digest)).toInstant().isBefore(since)) {
        return false;
      }
      Files.move(file(digest), aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException _) {
      return false;
    }
    settled.remove(digest);
    if (!Files.getLastModifiedTime(aside).toInstant().isBefore(since)) {
      Files.move(aside, file(digest), StandardCopyOption.ATOMIC_MOVE);
      return false;
    }
    Files.delete(aside);
    return true;
  }

  /// Force the folder's entry of this file to the disk, unless this process has done so before.
  private void settle(Digest digest) throws IOException {
    var file = Files.readAttributes(file(digest), BasicFileAttributes.class);
    var entry = new Entry(file.fileKey(), file.lastModifiedTime());
    if (!entry.equals(settled.get(digest))) {
      forceToDisk(shard(digest));
      settled.put(digest, entry);
    }
  }

  /// Should what is there under that digest have been damaged, this repairs it.
  @Override
  public Digest put(InputStream content) throws IOException {
    var part = Files.createTempFile(incoming, "part-", "");
    try {
      var digest = write(content, part);
      if (!isWhole(digest) || !stays(digest)) {
        makeShard(digest);
        Files.move(part, file(digest), StandardCopyOption.ATOMIC_MOVE);
      }
      // Also when somebody else has just moved it there and has not come this far.
      settle(digest);
      return digest;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static Digest write(InputStream content, Path part) throws IOException {
    var hash = Digest.sha256();
    try (var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      var bytes = new byte[BUFFER];
      for (var count = content.read(bytes); count >= 0; count = content.read(bytes)) {
        hash.update(bytes, 0, count);
        var buffer = ByteBuffer.wrap(bytes, 0, count);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
      channel.force(true);
    }
    return Digest.of(hash);
  }

  private boolean isWhole(Digest digest) throws IOException {
    var file = file(digest);
    if (!Files.exists(file)) {
      return false;
    }
    var hash = Digest.sha256();
    try (var in = Files.newInputStream(file)) {
      var bytes = new byte[BUFFER];
      for (var count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        hash.update(bytes, 0, count);
      }
    } catch (NoSuchFileException _) {
      return false;
    }
    return Digest.of(hash).equals(digest);
  }

  private void makeShard(Digest digest) throws IOException {
    try {
      Files.createDirectory(shard(digest));
      forceToDisk(folder);
    } catch (FileAlreadyExistsException _) {
      // As nearly always.
    }
  }

  private static void forceToDisk(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    try {
      return new Checked(digest, Files.newInputStream(file(digest)), Files.size(file(digest)));
    } catch (NoSuchFileException e) {
      var missing = new FileNotFoundException("blob " + digest + " is not here");
      missing.initCause(e);
      throw missing;
    }
  }

  @Override
  public boolean has(Digest digest) {
    return Files.exists(file(digest));
  }

  private Path shard(Digest digest) {
    return folder.resolve(digest.hex().substring(0, SHARD));
  }

  private Path file(Digest digest) {
    return shard(digest).resolve(digest.hex().substring(SHARD));
  }

  /// Content that is checked while it is read. The last bytes are handed out only when all of them
  /// together have the right digest, so also a reader that stops after the last byte and never asks
  /// for the end gets no damaged content.
  private static final class Checked extends FilterInputStream {

    private final Digest digest;
    private final MessageDigest hash = Digest.sha256();
    private long left;

    Checked(Digest digest, InputStream content, long size) throws IOException {
      super(content);
      this.digest = digest;
      this.left = size;
      if (size == 0) {
        check();
      }
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      if (left <= 0) {
        return length == 0 ? 0 : -1;
      }
      var count = super.read(bytes, from, (int) Math.min(length, left));
      if (count < 0) {
        throw damaged();
      }
      hash.update(bytes, from, count);
      left -= count;
      if (left == 0 && count > 0) {
        check();
      }
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      // Skipped bytes are part of the digest too.
      var bytes = new byte[(int) Math.min(BUFFER, Math.max(0, count))];
      return Math.max(0, read(bytes, 0, bytes.length));
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    private void check() throws IOException {
      if (!Digest.of(hash).equals(digest)) {
        throw damaged();
      }
    }

    private IOException damaged() {
      return new IOException("blob " + digest + " was damaged on the disk");
    }
  }
}
