package dev.fleetwright.pipeline.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/// The files below a directory as they are now: what `fleetwright lint` reads.
///
/// It follows no symbolic link, not even one that stays inside, and does not look into `.git`. Its
/// paths are listed once, when it is made.
public final class DirectoryTree implements SourceTree {
  /// A directory with more files is no repository but someone's home; the rest is not listed.
  private static final int MOST_FILES = 200_000;

  private final Path root;
  private final List<String> paths;

  private DirectoryTree(Path root, List<String> paths) {
    this.root = root;
    this.paths = paths;
  }

  /// @throws IOException when the directory cannot be listed
  public static DirectoryTree of(Path directory) throws IOException {
    var root = directory.toRealPath();
    var paths = new ArrayList<String>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            var name = folder.getFileName();
            return name != null && name.toString().equals(".git")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              paths.add(root.relativize(file).toString().replace('\\', '/'));
            }
            return paths.size() < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (file.equals(root)) {
              throw e;
            }
            // A folder in it that we may not look into is as one that is not there.
            return FileVisitResult.CONTINUE;
          }
        });
    paths.sort(String::compareTo);
    return new DirectoryTree(root, List.copyOf(paths));
  }

  @Override
  public List<String> paths() {
    return paths;
  }

  @Override
  public Content read(String path, int mostBytes) {
    if (path.startsWith("/") || List.of(path.split("/", -1)).contains("..")) {
      return new Content.Refused("is outside of the repository");
    }
    var file = root.resolve(path);
    try {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return new Content.Missing();
      }
      if (!file.toRealPath().equals(file)) {
        return new Content.Refused("is reached through a symbolic link");
      }
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return new Content.Refused("is not a regular file");
      }
      try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        var bytes = in.readNBytes(mostBytes + 1);
        return bytes.length > mostBytes
            ? new Content.Refused("is larger than " + mostBytes + " bytes")
            : new Content.Text(
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      }
    } catch (CharacterCodingException _) {
      return new Content.Refused("is not UTF-8 text");
    } catch (IOException e) {
      return new Content.Refused("cannot be read: " + e.getMessage());
    }
  }
}
