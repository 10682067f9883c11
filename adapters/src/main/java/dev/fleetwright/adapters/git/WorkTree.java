package dev.fleetwright.adapters.git;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;

/// Lays the files of one commit into a folder that nothing else uses.
///
/// The bytes are those of the repository: no filter runs and no line ending is changed, whatever
/// `.gitattributes` says. Every name is checked before the first file is written, and links are
/// made last, so that nothing is ever written through one (CVE-2026-71556, CVE-2022-24904).
final class WorkTree {

  /// What a commit may hold at most.
  ///
  /// @param files how many paths
  /// @param fileBytes the size of one file
  /// @param treeBytes the size of all files together
  record Limits(int files, long fileBytes, long treeBytes) {
    static final Limits USUAL = new Limits(500_000, 2L << 30, 20L << 30);
  }

  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("rwxr-xr-x");

  private record Item(String path, FileMode mode, ObjectId id) {}

  private final Repository mirror;
  private final Path folder;
  private final Limits limits;
  private final ObjectChecker names = new ObjectChecker().setSafeForMacOS(true);

  WorkTree(Repository mirror, Path folder, Limits limits) {
    this.mirror = mirror;
    this.folder = folder;
    this.limits = limits;
  }

  /// @param branch set to the commit when the mirror no longer has it
  void lay(RevCommit commit, Optional<String> branch, String origin) throws IOException {
    Files.createDirectories(folder);
    try (var there = Files.list(folder)) {
      if (there.findAny().isPresent()) {
        throw new IOException("the folder is not empty: " + folder);
      }
    }
    try (var reader = mirror.newObjectReader()) {
      var items = list(reader, commit);
      var links = new TreeMap<String, String>();
      for (var item : items) {
        if (item.mode().equals(FileMode.SYMLINK)) {
          links.put(item.path(), link(reader, item));
        }
      }
      var problem = new LinksInside(links).problem();
      if (problem.isPresent()) {
        throw new IOException(problem.get());
      }
      try (var repository =
          new FileRepositoryBuilder()
              .setGitDir(folder.resolve(Constants.DOT_GIT).toFile())
              .setWorkTree(folder.toFile())
              .build()) {
        found(repository, commit, branch, origin);
        var index = repository.lockDirCache();
        try {
          var entries = index.builder();
          for (var entry : write(reader, items, links)) {
            entries.add(entry);
          }
          entries.finish();
          index.write();
          if (!index.commit()) {
            throw new IOException("writing the index of " + folder);
          }
        } finally {
          index.unlock();
        }
      }
    } catch (InvalidPathException e) {
      throw new IOException(
          "a file name cannot be written with this machine's character set; start the server with"
              + " LC_ALL=C.UTF-8",
          e);
    }
  }

  private List<Item> list(ObjectReader reader, RevCommit commit) throws IOException {
    var items = new ArrayList<Item>();
    try (var walk = new TreeWalk(reader)) {
      walk.addTree(commit.getTree());
      walk.setRecursive(true);
      while (walk.next()) {
        if (items.size() == limits.files()) {
          throw new IOException(
              "the commit has more than %,d files, the most that are laid out"
                  .formatted(limits.files()));
        }
        items.add(
            new Item(checkedPath(walk.getRawPath()), walk.getFileMode(), walk.getObjectId(0)));
      }
    }
    return items;
  }

  private String checkedPath(byte[] raw) throws IOException {
    String path;
    try {
      path = UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("a file name is not UTF-8: " + new String(raw, UTF_8), e);
    }
    for (var part : path.split("/", -1)) {
      try {
        var bytes = part.getBytes(UTF_8);
        names.checkPathSegment(bytes, 0, bytes.length);
      } catch (CorruptObjectException e) {
        throw new IOException("the file name `" + path + "` is refused", e);
      }
      // NTFS reads `.git::$INDEX_ALLOCATION` as `.git` (CVE-2019-1352).
      if (part.length() > 4
          && part.regionMatches(true, 0, ".git", 0, 4)
          && part.indexOf(':', 4) >= 0) {
        throw new IOException("the file name `" + path + "` is refused: it means .git to some");
      }
    }
    return path;
  }

  private static String link(ObjectReader reader, Item item) throws IOException {
    var loader = reader.open(item.id(), Constants.OBJ_BLOB);
    if (loader.getSize() > 4096) {
      throw new IOException("the link `" + item.path() + "` is longer than a path can be");
    }
    return new String(loader.getBytes(), UTF_8);
  }

  /// The repository around the work tree. Objects are the mirror's, by reference: that costs
  /// nothing for any size of history.
  private void found(
      Repository repository, RevCommit commit, Optional<String> branch, String origin)
      throws IOException {
    repository.create();
    var config = repository.getConfig();
    config.setString("remote", "origin", "url", origin);
    config.setString("remote", "origin", "fetch", "+refs/heads/*:refs/remotes/origin/*");
    config.setBoolean("advice", null, "detachedHead", false);
    // A `git` of the job would otherwise repack in the background and outlive it.
    config.setInt("gc", null, "auto", 0);
    // JGit cannot know all that `git` notes of a file in its index (owner, inode); without this,
    // `git` reads every file once again.
    config.setString("core", null, "checkStat", "minimal");
    config.save();

    var dotGit = repository.getDirectory().toPath();
    var alternates = dotGit.resolve("objects/info/alternates");
    Files.createDirectories(alternates.getParent());
    Files.writeString(
        alternates, mirror.getDirectory().toPath().toAbsolutePath().resolve("objects") + "\n");
    Files.writeString(dotGit.resolve("packed-refs"), packedRefs(commit, branch));
    Files.writeString(dotGit.resolve(Constants.HEAD), commit.name() + "\n");
  }

  /// Branches as a clone has them, in the format of git-pack-refs(1).
  private String packedRefs(RevCommit commit, Optional<String> branch) throws IOException {
    var lines = new TreeMap<String, String>();
    for (var ref : Mirror.followed(mirror)) {
      var name = ref.getName();
      var id = ref.getObjectId();
      if (id == null) {
        continue;
      }
      if (name.startsWith(Constants.R_HEADS)) {
        lines.put(asRemote(name), id.name() + " " + asRemote(name) + "\n");
      } else {
        var behind = mirror.getRefDatabase().peel(ref).getPeeledObjectId();
        var peeled = behind == null ? "" : "^" + behind.name() + "\n";
        lines.put(name, id.name() + " " + name + "\n" + peeled);
      }
    }
    branch.ifPresent(b -> lines.putIfAbsent(asRemote(b), commit.name() + " " + asRemote(b) + "\n"));
    return "# pack-refs with: peeled fully-peeled sorted \n" + String.join("", lines.values());
  }

  private static String asRemote(String branch) {
    return "refs/remotes/origin/" + branch.substring(Constants.R_HEADS.length());
  }

  private List<DirCacheEntry> write(
      ObjectReader reader, List<Item> items, Map<String, String> links) throws IOException {
    var entries = new ArrayList<DirCacheEntry>(items.size());
    var folders = new HashSet<String>(Set.of(""));
    var bytes = 0L;
    for (var item : items) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("laying out " + folder);
      }
      var file = folder.resolve(item.path());
      if (item.mode().equals(FileMode.GITLINK)) {
        // A submodule is an empty folder here: fetching it would follow an address of the commit.
        makeFolders(item.path(), folders);
        entries.add(entry(item));
      } else if (item.mode().equals(FileMode.REGULAR_FILE)
          || item.mode().equals(FileMode.EXECUTABLE_FILE)) {
        makeFolders(above(item.path()), folders);
        bytes += copy(reader, item, file);
        if (bytes > limits.treeBytes()) {
          throw new IOException(
              "the files of the commit are larger than %,d bytes together"
                  .formatted(limits.treeBytes()));
        }
        entries.add(stat(entry(item), file));
      } else if (!item.mode().equals(FileMode.SYMLINK)) {
        throw new IOException(
            "`%s` is neither a file nor a link: mode %s".formatted(item.path(), item.mode()));
      }
    }
    for (var item : items) {
      var to = links.get(item.path());
      if (to != null) {
        var file = folder.resolve(item.path());
        makeFolders(above(item.path()), folders);
        try {
          Files.createSymbolicLink(file, Path.of(to));
        } catch (FileAlreadyExistsException e) {
          throw twice(item.path(), e);
        }
        entries.add(stat(entry(item), file));
      }
    }
    return entries;
  }

  private static DirCacheEntry entry(Item item) {
    var entry = new DirCacheEntry(item.path());
    entry.setFileMode(item.mode());
    entry.setObjectId(item.id());
    return entry;
  }

  private static DirCacheEntry stat(DirCacheEntry entry, Path file) throws IOException {
    var found =
        Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes();
    entry.setLength(found.size());
    entry.setLastModified(found.lastModifiedTime().toInstant());
    return entry;
  }

  private void makeFolders(String wanted, Set<String> made) throws IOException {
    if (!made.add(wanted)) {
      return;
    }
    makeFolders(above(wanted), made);
    var at = folder.resolve(wanted);
    try {
      Files.createDirectory(at);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
        throw twice(wanted, e);
      }
    }
  }

  private static String above(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  private long copy(ObjectReader reader, Item item, Path file) throws IOException {
    var loader = reader.open(item.id(), Constants.OBJ_BLOB);
    if (loader.getSize() > limits.fileBytes()) {
      throw new IOException(
          "`%s` has %,d bytes; a file may have %,d"
              .formatted(item.path(), loader.getSize(), limits.fileBytes()));
    }
    var executable = item.mode().equals(FileMode.EXECUTABLE_FILE);
    try (var out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      loader.copyTo(out);
    } catch (FileAlreadyExistsException e) {
      throw twice(item.path(), e);
    }
    if (executable) {
      Files.setPosixFilePermissions(file, EXECUTABLE);
    }
    return loader.getSize();
  }

  private static IOException twice(String path, FileAlreadyExistsException e) {
    return new IOException(
        "`%s` is there twice, or differs from another name only in what this file system ignores"
            .formatted(path),
        e);
  }
}
