package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each start is a process of its own: a library is loaded once in a process.
class SqliteLibraryTest {

  @TempDir private Path folder;

  @Test
  void it_is_unpacked_once_and_loaded_from_there() throws Exception {
    assertThat(start()).isEqualTo("sqlite.db.native");
    var library = libraries().getFirst();
    var unpacked = Files.getLastModifiedTime(library);

    assertThat(start()).isEqualTo("sqlite.db.native");

    assertThat(libraries()).containsExactly(library);
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(unpacked);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("sqlite.db.native"))))
        .isEqualTo("rwx------");
  }

  @Test
  void one_that_does_not_load_is_passed_over() throws Exception {
    start();
    Files.writeString(libraries().getFirst(), "no library");

    assertThat(start()).isEqualTo("elsewhere");
  }

  @Test
  void nothing_is_loaded_from_a_folder_that_others_can_write_to() throws Exception {
    Files.createDirectory(folder.resolve("sqlite.db.native"));
    Files.setPosixFilePermissions(
        folder.resolve("sqlite.db.native"), PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(start()).isEqualTo("elsewhere");
    assertThat(libraries()).isEmpty();
  }

  private List<Path> libraries() throws IOException {
    try (var files = Files.walk(folder.resolve("sqlite.db.native"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private String start() throws IOException, InterruptedException {
    Needs.that(Files.exists(Path.of("/proc/self/maps")), "Linux's /proc");
    var child =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Start.class.getName(),
                folder.resolve("sqlite.db").toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isZero();
    return output;
  }

  /// Says where the library was loaded from.
  static final class Start {

    private Start() {}

    public static void main(String[] arguments) throws IOException {
      Database.open("sqlite:" + arguments[0]).close();
      var loaded =
          Files.readString(Path.of("/proc/self/maps"))
              .lines()
              .filter(line -> line.contains("sqlitejdbc"))
              .toList();
      System.out.println(
          loaded.stream().anyMatch(line -> line.contains("sqlite.db.native"))
              ? "sqlite.db.native"
              : loaded.isEmpty() ? "nowhere" : "elsewhere");
    }
  }
}
