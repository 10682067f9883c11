package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.process.HowToRun;
import dev.fleetwright.adapters.process.HowToRun.Program;
import dev.fleetwright.adapters.ssh.Connection.FeedFailed;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// What one host lacks of a revision, as one archive: new content, then trees of hard links to it,
/// then the release. One stream and one `tar` on the host, however many files there are.
///
/// The archive is unpacked in the place's folder. Everything in it is below one folder that nobody
/// looks into; the hard links to content that is already there are what keeps unchanged files from
/// being sent.
final class Upload {

  private static final int READ_ONLY = 0444;
  private static final int READ_ONLY_PROGRAM = 0555;
  private static final int PRIVATE = 0600;
  private static final int FOLDER = 0755;

  private final Blobs blobs;
  private final Place place;
  private final Revision revision;
  private final List<Component> trees;
  private final Map<String, TreeEntry.File> content = new LinkedHashMap<>();
  private final Set<String> there;

  /// @param there names of the content that the host has, see [#blobName]
  /// @param treesThere digests of the components that it has
  Upload(Blobs blobs, Place place, Revision revision, Set<String> there, Set<String> treesThere) {
    this.blobs = blobs;
    this.place = place;
    this.revision = revision;
    this.there = there;
    this.trees =
        revision.components().stream().filter(c -> !treesThere.contains(c.digest().hex())).toList();
    for (var component : trees) {
      for (var entry : component.files()) {
        if (entry instanceof TreeEntry.File file
            && file.size() > 0
            && !there.contains(blobName(file))) {
          content.putIfAbsent(blobName(file), file);
        }
      }
    }
  }

  /// The name of a file's content on a host. The permission to execute belongs to the content there
  /// (all links to a file share it), so it is part of the name.
  static String blobName(TreeEntry.File file) {
    return file.digest().hex() + (file.executable() ? "x" : "");
  }

  /// Uploads with equal keys are the same, byte by byte.
  List<Object> key() {
    return List.of(
        revision.digest(), content.keySet(), trees.stream().map(Component::name).toList());
  }

  /// How many contents it holds.
  int files() {
    return content.size();
  }

  /// How many bytes of content it holds.
  long bytes() {
    return content.values().stream().mapToLong(TreeEntry.File::size).sum();
  }

  /// Write the archive.
  ///
  /// @param id of the folder below `incoming`
  void writeTo(OutputStream out, String id) throws IOException {
    var at = "incoming/" + id + "/";
    // Closing is the only thing that writes the archive's last block; the channel is not ours to
    // close.
    var sink =
        new BufferedOutputStream(out, 128 << 10) {
          @Override
          public void close() throws IOException {
            flush();
          }
        };
    try (var tar = new TarArchiveOutputStream(sink, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
      text(tar, at + "sums", sums(), PRIVATE);
      for (var blob : content.entrySet()) {
        copy(tar, at + "blobs/" + blob.getKey(), blob.getValue());
      }
      for (var component : trees) {
        tree(tar, at, component);
      }
      release(tar, at + "releases/" + revision.digest().hex() + "/");
      // The last entry: an archive that was cut off between two others would look whole.
      text(tar, at + "complete", "", PRIVATE);
    }
  }

  private String sums() {
    return content.entrySet().stream()
        .map(b -> b.getValue().digest().hex() + "  " + b.getKey() + "\n")
        .collect(Collectors.joining());
  }

  private void tree(TarArchiveOutputStream tar, String at, Component component) throws IOException {
    var folder = at + "trees/" + component.digest().hex() + "/";
    folder(tar, folder + "files/");
    for (var entry : component.files()) {
      var name = folder + "files/" + entry.path();
      switch (entry) {
        case TreeEntry.Link(_, var to) -> link(tar, name, TarConstants.LF_SYMLINK, to);
        case TreeEntry.File file when file.size() == 0 ->
            // A file system allows only so many links to one file, and trees of empty files exist.
            text(tar, name, "", mode(file));
        case TreeEntry.File file -> {
          var blob = "blobs/" + blobName(file);
          link(tar, name, TarConstants.LF_LINK, there.contains(blobName(file)) ? blob : at + blob);
        }
      }
    }
    if (HowToRun.of(component) instanceof Program program) {
      text(tar, folder + "launch", Launch.script(component.name(), program, place), PRIVATE);
      text(tar, folder + "about", Launch.about(program), PRIVATE);
    }
  }

  private void release(TarArchiveOutputStream tar, String folder) throws IOException {
    var lines = new ArrayList<String>();
    for (var component : revision.components()) {
      var kind = HowToRun.of(component) instanceof Program ? "run" : "files";
      lines.add(component.name() + " " + component.digest().hex() + " " + kind + "\n");
      link(
          tar,
          folder + component.name(),
          TarConstants.LF_SYMLINK,
          "../../trees/" + component.digest().hex() + "/files");
    }
    text(tar, folder + ".components", String.join("", lines), PRIVATE);
    bytes(tar, folder + ".revision", revision.bytes(), PRIVATE);
  }

  private void copy(TarArchiveOutputStream tar, String name, TreeEntry.File file)
      throws IOException {
    var entry = new TarArchiveEntry(name);
    entry.setSize(file.size());
    entry.setMode(mode(file));
    tar.putArchiveEntry(entry);
    try (var in = opened(file)) {
      var left = file.size();
      var buffer = new byte[64 << 10];
      for (var count = read(in, buffer, file); count >= 0; count = read(in, buffer, file)) {
        left -= count;
        if (left < 0) {
          break;
        }
        tar.write(buffer, 0, count);
      }
      if (left != 0) {
        throw new FeedFailed(
            "`" + file.path() + "` does not have the " + file.size() + " bytes it should",
            new IOException());
      }
    }
    tar.closeArchiveEntry();
  }

  private InputStream opened(TreeEntry.File file) throws FeedFailed {
    try {
      return blobs.open(file.digest());
    } catch (IOException e) {
      throw new FeedFailed("the content of `" + file.path() + "` cannot be read from the store", e);
    }
  }

  private static int read(InputStream in, byte[] buffer, TreeEntry.File file) throws FeedFailed {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw new FeedFailed("the content of `" + file.path() + "` cannot be read from the store", e);
    }
  }

  private static int mode(TreeEntry.File file) {
    return file.executable() ? READ_ONLY_PROGRAM : READ_ONLY;
  }

  private static void folder(TarArchiveOutputStream tar, String name) throws IOException {
    var entry = new TarArchiveEntry(name);
    entry.setMode(FOLDER);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static void link(TarArchiveOutputStream tar, String name, byte kind, String to)
      throws IOException {
    var entry = new TarArchiveEntry(name, kind);
    entry.setLinkName(to);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static void text(TarArchiveOutputStream tar, String name, String text, int mode)
      throws IOException {
    bytes(tar, name, text.getBytes(StandardCharsets.UTF_8), mode);
  }

  private static void bytes(TarArchiveOutputStream tar, String name, byte[] bytes, int mode)
      throws IOException {
    var entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }
}
