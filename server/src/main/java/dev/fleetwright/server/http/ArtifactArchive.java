package dev.fleetwright.server.http;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/// Files as a zip file, with links and modes, written while it is sent. The same files give the
/// same bytes.
final class ArtifactArchive {

  private ArtifactArchive() {}

  /// Write an archive, and close where it is written to.
  static void write(List<TreeEntry> files, Blobs blobs, OutputStream out) throws IOException {
    try (var zip = new ZipArchiveOutputStream(out)) {
      zip.setUseZip64(Zip64Mode.AsNeeded);
      for (var entry : files) {
        write(entry, blobs, zip);
      }
    }
  }

  private static void write(TreeEntry entry, Blobs blobs, ZipArchiveOutputStream zip)
      throws IOException {
    var header = new ZipArchiveEntry(entry.path());
    header.setTime(0);
    switch (entry) {
      case TreeEntry.File(_, var digest, var size, var executable) -> {
        header.setUnixMode(UnixStat.FILE_FLAG | (executable ? 0755 : 0644));
        header.setSize(size);
        zip.putArchiveEntry(header);
        try (var content = blobs.open(digest)) {
          content.transferTo(zip);
        }
      }
      case TreeEntry.Link(_, var to) -> {
        header.setUnixMode(UnixStat.LINK_FLAG | 0777);
        zip.putArchiveEntry(header);
        zip.write(to.getBytes(StandardCharsets.UTF_8));
      }
    }
    zip.closeArchiveEntry();
  }
}
