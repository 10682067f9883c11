package dev.fleetwright.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.artifact.Digest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryBlobsTest {

  private static final byte[] HELLO = "hello".getBytes(UTF_8);

  @TempDir private Path folder = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private DirectoryBlobs blobs;

  @BeforeEach
  void open() throws IOException {
    blobs = new DirectoryBlobs(folder);
  }

  @Test
  void gives_back_what_was_put_once_or_twice() throws IOException {
    assertThat(blobs.put(HELLO)).isEqualTo(Digest.of(HELLO)).isEqualTo(blobs.put(HELLO));
    assertThat(blobs.has(Digest.of(HELLO))).isTrue();
    assertThat(blobs.read(Digest.of(HELLO))).isEqualTo(HELLO);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void says_which_blob_is_missing() throws IOException {
    var digest = blobs.put(HELLO);
    blobs.lose(digest);
    assertThat(blobs.has(digest)).isFalse();
    assertThatThrownBy(() -> blobs.read(digest))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining(digest.hex());
  }

  @Test
  void does_not_hand_out_damaged_content() throws IOException {
    var digest = blobs.put(HELLO);
    blobs.rot(digest);
    assertThatThrownBy(() -> blobs.read(digest)).hasMessageContaining("is damaged");
  }
}
