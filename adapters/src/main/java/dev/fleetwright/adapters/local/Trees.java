package dev.fleetwright.adapters.local;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.target.Component;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.util.Set;

/// Writes the files of components. Whole trees appear by one rename; nothing that runs is touched.
final class Trees {

  private final Blobs blobs;
  private final PlaceFolder place;

  Trees(Blobs blobs, PlaceFolder place) {
    this.blobs = blobs;
    this.place = place;
  }

  /// Have the files of a component in place. Files that are there are compared with the digests,
  /// and a tree that has been tampered with is written again; but not under a process that is at
  /// home in it and may have changed its files itself.
  void place(Component component, boolean inUse) throws IOException, Refusal {
    var digest = component.digest().hex();
    var tree = place.component(component.name(), digest);
    try {
      if (!Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)
          || (!inUse && !isAsItShouldBe(tree, component))) {
        write(component, tree);
      }
      var canonical = place.canonical(component.name(), digest);
      if (!Files.exists(canonical)) {
        PlaceFolder.replace(canonical, component.canonical().bytes());
      }
    } catch (FileNotFoundException e) {
      throw new Refusal(
          "component `"
              + component.name()
              + "`: a file is missing among the artifacts ("
              + e.getMessage()
              + "); run the pipeline again",
          e);
    } catch (InvalidPathException e) {
      throw new Refusal(
          "component `"
              + component.name()
              + "`: this server cannot write a file named "
              + e.getInput()
              + "; start it with LC_ALL=C.UTF-8",
          e);
    } catch (IOException e) {
      throw new Refusal(
          "component `"
              + component.name()
              + "`: its files could not be written: "
              + Refusal.words(e),
          e);
    }
  }

  private void write(Component component, Path tree) throws IOException {
    Files.createDirectories(PlaceFolder.parent(tree));
    var part = tree.resolveSibling(tree.getFileName() + ".part");
    PlaceFolder.deleteTree(part);
    try {
      fill(part, component);
    } catch (IOException e) {
      // Where the disk is full, what is half written must not keep it full.
      PlaceFolder.deleteTree(part);
      throw e;
    }
    PlaceFolder.deleteTree(tree);
    Files.move(part, tree);
    PlaceFolder.syncFolder(PlaceFolder.parent(tree));
  }

  private void fill(Path folder, Component component) throws IOException {
    Files.createDirectory(folder);
    for (var entry : component.files()) {
      var path = folder.resolve(entry.path());
      Files.createDirectories(PlaceFolder.parent(path));
      switch (entry) {
        case TreeEntry.File file -> write(file, path);
        case TreeEntry.Link(_, var to) -> Files.createSymbolicLink(path, Path.of(to));
      }
    }
  }

  private void write(TreeEntry.File file, Path path) throws IOException {
    try (var in = blobs.open(file.digest());
        var channel =
            FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      in.transferTo(Channels.newOutputStream(channel));
      if (channel.size() != file.size()) {
        throw new FileNotFoundException(
            file.path() + " has " + channel.size() + " bytes and should have " + file.size());
      }
      channel.force(true);
    }
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(file.executable() ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private static boolean isAsItShouldBe(Path tree, Component component) throws IOException {
    for (var entry : component.files()) {
      var path = tree.resolve(entry.path());
      var same =
          switch (entry) {
            case TreeEntry.File file ->
                Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(path) == file.size()
                    && Files.getPosixFilePermissions(path).containsAll(needed(file))
                    && digest(path).equals(file.digest());
            case TreeEntry.Link(_, var to) ->
                Files.isSymbolicLink(path) && Files.readSymbolicLink(path).equals(Path.of(to));
          };
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private static Set<PosixFilePermission> needed(TreeEntry.File file) {
    return PosixFilePermissions.fromString(file.executable() ? "r-x------" : "r--------");
  }

  private static Digest digest(Path file) throws IOException {
    var hash = Digest.sha256();
    try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), hash)) {
      Files.copy(file, out);
    }
    return Digest.of(hash);
  }
}
