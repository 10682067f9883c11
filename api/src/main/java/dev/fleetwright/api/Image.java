package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Which container image a component of a release is.
///
/// @param name registry and repository
/// @param digest `sha256:…`
/// @param tag that it had; may mean another image by now
/// @param base what it was built from, as far as anybody said
public record Image(
    String component,
    String name,
    String digest,
    Optional<String> tag,
    Origin origin,
    Optional<Base> base) {

  /// As container engines take it, of one image for ever.
  public String exact() {
    return name + "@" + digest;
  }

  /// How its digest came to be known.
  public enum Origin {
    /// A job reported it.
    REPORTED,
    /// A registry was asked for the tag when the release was made.
    RESOLVED,
    /// It was built of the pipeline's files when the release was made.
    BUILT,
    /// It stands in `fleetwright.yml`.
    WRITTEN
  }

  /// What an image was built from.
  ///
  /// @param name with the tag by which it was asked for
  public record Base(String name, String digest) {}

  /// A release that an image is of: which commit it was made from.
  ///
  /// @param environments where that release runs by the record
  public record Found(
      Image image,
      String project,
      Release.Brief release,
      long pipeline,
      List<String> environments) {}

  /// An image that runs in an environment, and where it came from.
  public record Running(Image image, Release.Brief release, long pipeline) {}

  /// A tag to register.
  ///
  /// @param image with a tag and a digest: `registry.example/shop/web:1.2@sha256:…`
  public record Register(String image) {}

  /// What a tag means for ever.
  ///
  /// @param pipeline that it came from
  /// @param by who registered it
  public record Tag(
      String image,
      String digest,
      String project,
      Optional<Long> pipeline,
      String by,
      Instant at) {}
}
