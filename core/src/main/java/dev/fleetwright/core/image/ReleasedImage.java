package dev.fleetwright.core.image;

import dev.fleetwright.core.artifact.Digest;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Which image one component of a release is. Never changed afterwards.
///
/// @param name always with a digest; with the tag that it had, if any
/// @param base what it was built from, as far as anybody said
public record ReleasedImage(
    String component, ImageName name, Origin origin, Optional<BaseImage> base) {

  public ReleasedImage {
    if (name.digest().isEmpty()) {
      throw new IllegalArgumentException("image " + name + " of a release has no digest");
    }
  }

  /// The variable that tells jobs which image a component is, and in which jobs report it:
  /// `WEB_IMAGE` of `web`.
  public static String variable(String component) {
    return component.toUpperCase(Locale.ROOT).replace('-', '_') + "_IMAGE";
  }

  /// Its name for ever.
  public Digest digest() {
    return name.digest().orElseThrow();
  }

  /// How its digest came to be known.
  public enum Origin {
    /// A job of the pipeline reported it.
    REPORTED,
    /// A registry was asked for the tag, once, when the release was made.
    RESOLVED,
    /// It was built of the pipeline's files when the release was made.
    BUILT,
    /// It stands in `fleetwright.yml`.
    WRITTEN;

    /// As it is written: `reported`.
    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Read what [#keyword] wrote.
    ///
    /// @throws IllegalArgumentException if it is something else
    public static Origin of(String keyword) {
      return Arrays.stream(values())
          .filter(origin -> origin.keyword().equals(keyword))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("no origin of images: " + keyword));
    }
  }

  /// What an image was built from, at the time when it was.
  ///
  /// @param name with the tag by which it was asked for, without a digest
  public record BaseImage(ImageName name, Digest digest) {}
}
