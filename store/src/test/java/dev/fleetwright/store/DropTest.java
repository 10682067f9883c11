package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.artifact.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Dropping contents from a folder of blobs.
class DropTest {

  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
  @TempDir Path folder;

  @Test
  void what_was_put_long_ago_goes_and_may_be_put_again() throws Exception {
    var blobs = new DiskBlobs(folder);
    var digest = blobs.put(CONTENT);
    age(digest);

    assertThat(blobs.drop(digest, Instant.now().minus(Duration.ofHours(6)))).isTrue();
    assertThat(blobs.has(digest)).isFalse();
    assertThat(blobs.drop(digest, Instant.now())).isFalse();

    assertThat(blobs.put(CONTENT)).isEqualTo(digest);
    assertThat(blobs.read(digest)).isEqualTo(CONTENT);
  }

  @Test
  void what_is_put_again_stays_for_whoever_put_it() throws Exception {
    var digest = new DiskBlobs(folder).put(CONTENT);
    age(digest);
    var other = new DiskBlobs(folder);
    other.put(CONTENT);

    assertThat(other.drop(digest, Instant.now().minus(Duration.ofHours(6)))).isFalse();
    assertThat(other.read(digest)).isEqualTo(CONTENT);
  }

  private void age(Digest digest) throws Exception {
    var file =
        folder.resolve("sha256/" + digest.hex().substring(0, 2) + "/" + digest.hex().substring(2));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
  }
}
