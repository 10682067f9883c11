package dev.fleetwright.adapters.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.pipeline.CacheStore.Name;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.testkit.Needs;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/// Against a real server that checks signatures: the lab's.
class S3StorageTest {

  private static final Name LIBRARIES = new Name(new ProjectName("shop"), true, "libraries");

  @TempDir Path temporary;
  private final String bucket = "fleetwright-" + ProcessHandle.current().pid();
  private S3Storage storage;

  @BeforeEach
  void a_bucket() throws IOException {
    Needs.that(
        System.getenv("AWS_ENDPOINT_URL_S3") != null,
        "an S3-compatible server, named by AWS_ENDPOINT_URL_S3");
    try (var client = client()) {
      client.createBucket(request -> request.bucket(bucket));
    }
    storage = S3Storage.open(URI.create("s3://" + bucket + "/some/folder/"));
  }

  @AfterEach
  void no_bucket() {
    if (storage != null) {
      storage.close();
      try (var client = client()) {
        client
            .listObjectsV2(request -> request.bucket(bucket))
            .contents()
            .forEach(
                object -> client.deleteObject(request -> request.bucket(bucket).key(object.key())));
        client.deleteBucket(request -> request.bucket(bucket));
      }
    }
  }

  private static S3Client client() {
    return S3Client.builder()
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .forcePathStyle(true)
        .build();
  }

  @Test
  void content_is_found_by_its_digest_and_by_nothing_else() throws IOException {
    var blobs = storage.blobs(temporary);
    var digest = blobs.put("hello".getBytes(UTF_8));
    assertThat(digest).isEqualTo(Digest.of("hello".getBytes(UTF_8)));
    assertThat(blobs.put("hello".getBytes(UTF_8))).isEqualTo(digest);
    assertThat(blobs.has(digest)).isTrue();
    assertThat(blobs.read(digest)).asString(UTF_8).isEqualTo("hello");
    var empty = blobs.put(new byte[0]);
    assertThat(blobs.read(empty)).isEmpty();
    var other = Digest.of("other".getBytes(UTF_8));
    assertThat(blobs.has(other)).isFalse();
    assertThatThrownBy(() -> blobs.open(other)).isInstanceOf(FileNotFoundException.class);
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void what_was_changed_in_the_bucket_is_not_taken_for_what_was_put() throws IOException {
    var blobs = storage.blobs(temporary);
    var digest = blobs.put("hello".getBytes(UTF_8));
    storage.put(
        "blobs/" + digest.hex().substring(0, 2) + "/" + digest.hex(),
        Files.writeString(temporary.resolve("x"), "hullo"));
    assertThatThrownBy(() -> blobs.read(digest)).hasMessageContaining("was changed in the bucket");
  }

  @Test
  void the_later_of_two_caches_stays() throws IOException {
    var caches = storage.caches();
    assertThat(caches.open(LIBRARIES)).isEmpty();
    caches.put(LIBRARIES, Files.writeString(temporary.resolve("a"), "first"));
    caches.put(LIBRARIES, Files.writeString(temporary.resolve("a"), "second"));
    try (var in = caches.open(LIBRARIES).orElseThrow()) {
      assertThat(in).hasContent("second");
    }
    assertThat(caches.open(new Name(LIBRARIES.project(), false, "libraries"))).isEmpty();
  }

  @Test
  void a_bucket_that_is_not_there_is_named() {
    assertThatThrownBy(() -> S3Storage.open(URI.create("s3://fleetwright-not-there")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bucket `fleetwright-not-there`");
    assertThatThrownBy(() -> S3Storage.open(URI.create("https://example.com/x")))
        .hasMessage(
            "`https://example.com/x` names no bucket; write s3://bucket or s3://bucket/folder");
  }
}
