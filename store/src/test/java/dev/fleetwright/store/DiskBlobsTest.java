package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.artifact.Digest;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskBlobsTest {

  @TempDir private Path folder;
  private DiskBlobs blobs;

  @BeforeEach
  void openBlobs() throws IOException {
    blobs = new DiskBlobs(folder);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 1_000_000})
  void what_was_put_is_read_also_after_a_new_start(int size) throws IOException {
    var content = new byte[size];
    new Random(size).nextBytes(content);

    var digest = blobs.put(new ByteArrayInputStream(content));

    assertThat(digest).isEqualTo(Digest.of(content));
    assertThat(blobs.read(digest)).isEqualTo(content);
    assertThat(new DiskBlobs(folder).read(digest)).isEqualTo(content);
    assertThat(blobs.has(digest)).isTrue();
  }

  @Test
  void putting_twice_is_putting_once() throws IOException {
    var first = blobs.put(bytes("same"));
    var again = blobs.put(new ByteArrayInputStream(bytes("same")));

    assertThat(again).isEqualTo(first);
    assertThat(blobFiles()).isEqualTo(1);
    assertThat(leftovers()).isZero();
  }

  @Test
  void what_is_not_here_is_said_to_be_so() {
    var digest = Digest.of(bytes("never put"));

    assertThat(blobs.has(digest)).isFalse();
    assertThatThrownBy(() -> blobs.open(digest))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining(digest.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void damaged_content_is_never_handed_out_wholly(int growth) throws IOException {
    var digest = blobs.put(bytes("precious content"));
    var damaged = bytes("precious_content");
    Files.write(file(digest), java.util.Arrays.copyOf(damaged, damaged.length + growth));

    assertThatThrownBy(() -> blobs.read(digest)).hasMessageContaining("was damaged");
    try (var in = blobs.open(digest)) {
      assertThatThrownBy(() -> in.readNBytes(damaged.length + growth))
          .as("also to who asks for no byte more than there are")
          .hasMessageContaining("was damaged");
    }
  }

  @Test
  void skipping_does_not_skip_the_check() throws IOException {
    var digest = blobs.put(bytes("precious content"));
    try (var in = blobs.open(digest)) {
      assertThat(in.skip(9)).isEqualTo(9);
      assertThat(in.readAllBytes()).isEqualTo(bytes("content"));
    }
    Files.write(file(digest), bytes("Precious content"));

    try (var in = blobs.open(digest)) {
      in.skipNBytes(9);
      assertThatThrownBy(in::readAllBytes).hasMessageContaining("was damaged");
    }
  }

  @Test
  void putting_again_repairs_what_was_damaged() throws IOException {
    var digest = blobs.put(bytes("precious content"));
    Files.write(file(digest), bytes("precious_content"));

    blobs.put(bytes("precious content"));

    assertThat(blobs.read(digest)).isEqualTo(bytes("precious content"));
  }

  @Test
  void content_whose_reading_fails_leaves_nothing() throws IOException {
    var failing =
        new InputStream() {
          private int left = 100_000;

          @Override
          public int read() {
            throw new AssertionError("not asked for byte by byte");
          }

          @Override
          public int read(byte[] bytes, int from, int length) throws IOException {
            if (left <= 0) {
              throw new IOException("the network went away");
            }
            left -= length;
            return length;
          }
        };

    assertThatThrownBy(() -> blobs.put(failing)).hasMessage("the network went away");

    assertThat(blobFiles()).isZero();
    assertThat(leftovers()).isZero();
  }

  @Test
  void what_a_crash_left_behind_is_swept_away_a_day_later() throws IOException {
    var old = Files.write(folder.resolve("incoming/part-1"), bytes("half"));
    var young = Files.write(folder.resolve("incoming/part-2"), bytes("of another server"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(90_000)));

    var _ = new DiskBlobs(folder);

    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }

  @Test
  void many_at_once_put_the_same() throws Exception {
    var content = new byte[200_000];

    var digests =
        DeploysContract.atOnce(8, 100, () -> blobs.put(new ByteArrayInputStream(content)));

    assertThat(digests).containsOnly(Digest.of(content));
    assertThat(blobFiles()).isEqualTo(1);
    assertThat(leftovers()).isZero();
  }

  private Path file(Digest digest) {
    return folder.resolve("sha256", digest.hex().substring(0, 2), digest.hex().substring(2));
  }

  private long blobFiles() throws IOException {
    try (var files = Files.walk(folder.resolve("sha256"))) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  private long leftovers() throws IOException {
    try (var files = Files.list(folder.resolve("incoming"))) {
      return files.count();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
