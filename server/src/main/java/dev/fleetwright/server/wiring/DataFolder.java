package dev.fleetwright.server.wiring;

import dev.fleetwright.api.ServerNotStarted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The folder of everything that a server keeps, and the lock that makes it one server's.
///
/// The lock is the operating system's: it goes with the process, however that ends.
final class DataFolder implements AutoCloseable {

  private final Path path;
  private final FileChannel lock;

  private DataFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /// Take it; make it, readable by its owner only, when it is not there.
  ///
  /// @throws ServerNotStarted when another server has it
  static DataFolder take(Path given) {
    var path = given.toAbsolutePath().normalize();
    try {
      if (Files.notExists(path)) {
        if (path.getParent() != null) {
          Files.createDirectories(path.getParent());
        }
        Files.createDirectory(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      var lock =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locked(lock)) {
        lock.close();
        throw new ServerNotStarted(
            "another server is using the data folder "
                + path
                + ": stop it, or start this one with another folder (`--data`)");
      }
      return new DataFolder(path, lock);
    } catch (IOException e) {
      throw new ServerNotStarted(
          "the data folder " + path + " cannot be used: make sure that it can be written", e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Another server in this very process.
      return false;
    }
  }

  Path path() {
    return path;
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
