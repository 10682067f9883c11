package dev.fleetwright.adapters.executor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fleetwright.core.artifact.Digest;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.TreeMap;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/// Files of a work tree as one archive, with times and links, which incremental builds need.
///
/// An archive is not trusted when it is read: whoever can write to the storage could have made it.
/// Only files and links are taken from it, each below the tree and none through a link; links are
/// made last and lead where they led, since nothing of ours ever follows one.
final class CacheArchive {

  /// @param entries files and links
  /// @param bytes of all files, unpacked
  record Limits(int entries, long bytes) {
    static final Limits USUAL = new Limits(500_000, 20L << 30);
  }

  private CacheArchive() {}

  /// @param paths of files and links in the tree
  static void pack(Path tree, Collection<String> paths, Path archive, Limits limits)
      throws IOException {
    if (paths.size() > limits.entries()) {
      throw new IOException("more than %,d files".formatted(limits.entries()));
    }
    var fast = new GzipParameters();
    fast.setCompressionLevel(Deflater.BEST_SPEED);
    try (var file = new BufferedOutputStream(Files.newOutputStream(archive), 1 << 16);
        var zipped = new GzipCompressorOutputStream(file, fast);
        var tar = new TarArchiveOutputStream(zipped, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      var bytes = 0L;
      for (var path : paths) {
        var from = tree.resolve(path);
        if (Files.isSymbolicLink(from)) {
          var link = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
          link.setLinkName(Files.readSymbolicLink(from).toString());
          tar.putArchiveEntry(link);
        } else if (Files.isRegularFile(from, LinkOption.NOFOLLOW_LINKS)) {
          var entry = new TarArchiveEntry(path);
          entry.setSize(Files.size(from));
          entry.setLastModifiedTime(Files.getLastModifiedTime(from));
          entry.setMode(Files.isExecutable(from) ? 0755 : 0644);
          bytes += entry.getSize();
          if (bytes > limits.bytes()) {
            throw new IOException("files of more than %,d bytes".formatted(limits.bytes()));
          }
          tar.putArchiveEntry(entry);
          try (var content = Files.newInputStream(from, LinkOption.NOFOLLOW_LINKS)) {
            content.transferTo(tar);
          }
        } else {
          continue; // no file, such as a socket
        }
        tar.closeArchiveEntry();
      }
    }
  }

  /// @return how many files and links were laid out
  /// @throws IOException also for an archive that reaches out of the tree or is too large; what was
  ///   laid out before stays
  static int unpack(InputStream archive, Path tree, Limits limits) throws IOException {
    var links = new TreeMap<String, String>();
    var count = 0;
    var left = limits.bytes();
    try (var tar =
        new TarArchiveInputStream(
            new GzipCompressorInputStream(new BufferedInputStream(archive, 1 << 16)), "UTF-8")) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (++count > limits.entries()) {
          throw new IOException("it has more than %,d files".formatted(limits.entries()));
        }
        if (entry.isSymbolicLink()) {
          links.put(entry.getName(), entry.getLinkName());
        } else if (isFile(entry)) {
          left -= file(tar, entry, tree, left);
        } else {
          throw new IOException("`" + entry.getName() + "` in it is neither a file nor a link");
        }
      }
      for (var link : links.entrySet()) {
        var at = new PlaceInTree(tree).make(link.getKey(), "of the cache");
        Files.createSymbolicLink(at, Path.of(link.getValue()));
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("it is damaged: " + e.getMessage(), e);
    }
    return count;
  }

  /// `TarArchiveEntry.isFile` also says so of pipes and devices.
  private static boolean isFile(TarArchiveEntry entry) {
    var kind = entry.getLinkFlag();
    return (kind == TarConstants.LF_NORMAL || kind == TarConstants.LF_OLDNORM)
        && !entry.getName().endsWith("/");
  }

  private static long file(TarArchiveInputStream tar, TarArchiveEntry entry, Path tree, long most)
      throws IOException {
    if (entry.getSize() > most) {
      throw new IOException("its files have more bytes than are laid out");
    }
    var at = new PlaceInTree(tree).make(entry.getName(), "of the cache");
    var bytes = Files.copy(tar, at);
    Files.setPosixFilePermissions(
        at,
        PosixFilePermissions.fromString((entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
    Files.setLastModifiedTime(at, FileTime.from(entry.getLastModifiedTime().toInstant()));
    return bytes;
  }

  /// What files are like from outside: two equal states hold the same, as far as sizes and times
  /// tell. That spares packing what did not change.
  static Digest state(Path tree, Collection<String> paths) throws IOException {
    var text = new ByteArrayOutputStream();
    for (var path : paths) {
      var file = tree.resolve(path);
      var link = Files.isSymbolicLink(file);
      text.writeBytes(
          "%s\0%d\0%s\n"
              .formatted(
                  path,
                  link ? -1 : Files.size(file),
                  link
                      ? Files.readSymbolicLink(file)
                      : Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS))
              .getBytes(UTF_8));
    }
    return Digest.of(text.toByteArray());
  }
}
