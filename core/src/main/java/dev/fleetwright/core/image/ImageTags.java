package dev.fleetwright.core.image;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.project.ProjectName;
import java.time.Instant;
import java.util.Optional;

/// What tags of images mean, as they were registered here. A registry lets anybody move a tag; here
/// a tag means one image for ever, so that one who reads `web:1.2` somewhere knows what it is.
///
/// Tags that are meant to move, such as `latest`, are not registered.
public interface ImageTags {

  /// A tag that is registered.
  ///
  /// @param image with its tag and its digest
  /// @param pipeline that it came from; empty when it was registered by hand
  record ImageTag(
      ImageName image, ProjectName project, Optional<Long> pipeline, String by, Instant at) {

    /// What it means.
    public Digest digest() {
      return image.digest().orElseThrow();
    }
  }

  /// The answer to [#register].
  sealed interface Registered {
    /// It means this image; the record is the first that said so.
    record Done(ImageTag tag) implements Registered {}

    /// It means another image already.
    record Taken(ImageTag by) implements Registered {}
  }

  /// Register a tag. Doing so again with the same digest changes nothing.
  Registered register(ImageTag tag, Actor by);

  /// Let a tag mean another image, because the same commit was built again. The ledger keeps what
  /// it meant before.
  ImageTag move(ImageTag tag, Actor by);

  /// What a tag means.
  ///
  /// @param name with a tag
  Optional<ImageTag> find(ImageName name);
}
