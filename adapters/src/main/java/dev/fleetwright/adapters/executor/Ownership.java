package dev.fleetwright.adapters.executor;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;

/// Whose the files of a work tree are.
final class Ownership {

  private Ownership() {}

  /// Let whoever a container runs as read and write everything, as GitLab's runner does. The folder
  /// around the tree is closed to other users of this machine.
  static void letEveryoneIn(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.setPosixFilePermissions(folder, EnumSet.allOf(PosixFilePermission.class));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!attributes.isSymbolicLink()) {
              var all = EnumSet.allOf(PosixFilePermission.class);
              if (!Files.getPosixFilePermissions(file)
                  .contains(PosixFilePermission.OWNER_EXECUTE)) {
                all.remove(PosixFilePermission.OWNER_EXECUTE);
                all.remove(PosixFilePermission.GROUP_EXECUTE);
                all.remove(PosixFilePermission.OTHERS_EXECUTE);
              }
              Files.setPosixFilePermissions(file, all);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /// Our own user and group, if there are files of others that we may not touch.
  static Optional<User> ofOthers(Path tree) throws IOException {
    var ours = new User(number(tree, "uid"), number(tree, "gid"));
    if (ours.user() == 0) {
      return Optional.empty();
    }
    var others = new boolean[1];
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            return look(folder);
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            return look(file);
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            others[0] = true;
            return FileVisitResult.TERMINATE;
          }

          private FileVisitResult look(Path path) throws IOException {
            others[0] = number(path, "uid") != ours.user();
            return others[0] ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }
        });
    return others[0] ? Optional.of(ours) : Optional.empty();
  }

  private static int number(Path path, String attribute) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
  }

  /// As the kernel counts them.
  record User(int user, int group) {}
}
