package dev.fleetwright.adapters.s3;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.pipeline.CacheStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// A bucket of Amazon S3, or of anything that speaks its language.
///
/// Who we are, the region and the endpoint come from where all programs of AWS take them: the
/// variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION` and `AWS_ENDPOINT_URL_S3`,
/// a profile, or the machine's own role.
public final class S3Storage implements AutoCloseable {

  // The largest object that one request may write (Amazon S3 User Guide, "Uploading objects").
  static final long MOST_BYTES = 5L << 30;

  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofMinutes(2);
  private static final int NOT_THERE = 404;

  private final S3Client client;
  private final String bucket;
  private final String prefix;

  private S3Storage(S3Client client, String bucket, String prefix) {
    this.client = client;
    this.bucket = bucket;
    this.prefix = prefix;
  }

  /// Open a bucket and ask whether it is there.
  ///
  /// @param place `s3://bucket` or `s3://bucket/folder`
  /// @throws IllegalArgumentException when that is no such place
  /// @throws IOException when it cannot be used, with the reason
  public static S3Storage open(URI place) throws IOException {
    var name = Optional.ofNullable(place.getHost()).orElse("");
    if (!"s3".equals(place.getScheme()) || !BUCKET.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "`%s` names no bucket; write s3://bucket or s3://bucket/folder".formatted(place));
    }
    var folder = place.getPath().replaceAll("^/+|/+$", "");
    try {
      var client =
          S3Client.builder()
              .httpClientBuilder(
                  UrlConnectionHttpClient.builder()
                      .connectionTimeout(CONNECT)
                      .socketTimeout(ANSWER))
              // Names of buckets are hosts at Amazon alone.
              .forcePathStyle(System.getenv("AWS_ENDPOINT_URL_S3") != null)
              // Other servers do not know these yet; the contents have digests of their own.
              .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
              .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
              .build();
      client.headBucket(request -> request.bucket(name));
      return new S3Storage(client, name, folder.isEmpty() ? "" : folder + "/");
    } catch (SdkException e) {
      throw new IOException("bucket `" + name + "`: " + e.getMessage(), e);
    }
  }

  /// Contents by digest, below `blobs/`.
  ///
  /// @param scratch a folder of this machine for what is on its way
  public Blobs blobs(Path scratch) {
    return new S3Blobs(this, scratch);
  }

  /// Caches of jobs, below `caches/`. How long they are kept is a rule of the bucket.
  public CacheStore caches() {
    return new S3Caches(this);
  }

  /// @throws FileNotFoundException when it is not there
  InputStream open(String key) throws IOException {
    try {
      return client.getObject(request -> request.bucket(bucket).key(prefix + key));
    } catch (NoSuchKeyException e) {
      throw new FileNotFoundException(key);
    } catch (SdkException e) {
      throw new IOException("reading `" + key + "` from bucket `" + bucket + "`", e);
    }
  }

  /// Whether it is there, as large and written after a moment.
  boolean has(String key, long bytes, Instant since) throws IOException {
    return head(key)
        .filter(there -> there.contentLength() == bytes && there.lastModified().isAfter(since))
        .isPresent();
  }

  /// Delete what is there, unless it was written after a moment. Whoever writes it between the look
  /// and the deletion loses it; the moment is long enough ago that nobody does.
  boolean drop(String key, Instant since) throws IOException {
    if (head(key).filter(there -> there.lastModified().isBefore(since)).isEmpty()) {
      return false;
    }
    try {
      client.deleteObject(request -> request.bucket(bucket).key(prefix + key));
      return true;
    } catch (SdkException e) {
      throw new IOException("deleting `" + key + "` from bucket `" + bucket + "`", e);
    }
  }

  Optional<Long> size(String key) throws IOException {
    return head(key).map(HeadObjectResponse::contentLength);
  }

  private Optional<HeadObjectResponse> head(String key) throws IOException {
    try {
      return Optional.of(client.headObject(request -> request.bucket(bucket).key(prefix + key)));
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_THERE) {
        return Optional.empty();
      }
      throw new IOException("asking for `" + key + "` in bucket `" + bucket + "`", e);
    } catch (SdkException e) {
      throw new IOException("asking for `" + key + "` in bucket `" + bucket + "`", e);
    }
  }

  /// Wholly or not at all: an object is seen when all of it is there.
  void put(String key, Path content) throws IOException {
    try {
      client.putObject(
          request -> request.bucket(bucket).key(prefix + key), RequestBody.fromFile(content));
    } catch (SdkException e) {
      throw new IOException("writing `" + key + "` to bucket `" + bucket + "`", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
