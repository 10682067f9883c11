package dev.fleetwright.store;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;
import org.sqlite.util.OSInfo;

/// SQLite's native library, unpacked once and kept beside the database. Its JDBC driver would
/// unpack it from its jar at each start, which took 110 of the 250 ms of processor time that
/// opening takes.
final class SqliteLibrary {

  private static final Logger LOG = LoggerFactory.getLogger(SqliteLibrary.class);

  /// Where the driver looks first. What does not load there it unpacks as usual.
  private static final String PATH = "org.sqlite.lib.path";

  private SqliteLibrary() {}

  /// Make the driver load its library from this folder. Does nothing where that is not possible or
  /// not safe.
  static void keepIn(Path folder) {
    if (System.getProperty(PATH) != null) {
      return;
    }
    try {
      var platform = OSInfo.getNativeLibFolderPathForCurrentOS().replace('/', '-');
      var place = folder.resolve(SQLiteJDBCLoader.getVersion() + "-" + platform);
      var library = place.resolve(LibraryLoaderUtil.getNativeLibName());
      makeOurs(folder);
      if (isOnlyOurs(folder)) {
        if (!Files.exists(library)) {
          unpack(place, library);
        }
        System.setProperty(PATH, place.toAbsolutePath().toString());
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.atDebug().setCause(e).log("SQLite's library is unpacked anew at each start");
    }
  }

  private static void makeOurs(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /// What is loaded from there runs as this process, so nobody else may be able to put it there.
  private static boolean isOnlyOurs(Path folder) throws IOException {
    var others = EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    others.retainAll(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS));
    return others.isEmpty()
        && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS)
            .getName()
            .equals(System.getProperty("user.name"));
  }

  private static void unpack(Path place, Path library) throws IOException {
    Files.createDirectories(place);
    var part = Files.createTempFile(place, "part-", "");
    var resource =
        LibraryLoaderUtil.getNativeLibResourcePath() + "/" + LibraryLoaderUtil.getNativeLibName();
    try (var in = SQLiteJDBCLoader.class.getResourceAsStream(resource);
        var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      if (in == null) {
        throw new IOException("there is no " + resource);
      }
      in.transferTo(Channels.newOutputStream(channel));
      // Or a loss of power could leave half a library under its final name.
      channel.force(true);
      Files.move(part, library, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
