package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ImageTags;
import dev.fleetwright.core.image.ImageTags.ImageTag;
import dev.fleetwright.core.image.ImageTags.Registered;
import dev.fleetwright.core.project.Project;
import java.time.InstantSource;
import java.util.Optional;

/// What tags of images mean.
public final class ImageOperations {

  private final ImageTags tags;
  private final InstantSource clock;

  ImageOperations(ImageTags tags, InstantSource clock) {
    this.tags = tags;
    this.clock = clock;
  }

  /// Register a tag, of an image that was pushed elsewhere. Doing so again with the same digest
  /// changes nothing; with another one it is refused, also when the same person asks.
  ///
  /// @param image with tag and digest
  public Answer<ImageTag> register(Project project, String image, Actor by) {
    var name = ImageName.parse(image).filter(n -> n.tag().isPresent() && n.digest().isPresent());
    if (name.isEmpty()) {
      return Answer.refused(
          "bad_image",
          "`%s` is no image with a tag and a digest".formatted(image),
          "send for example registry.example/shop/web:1.2@sha256:…");
    }
    var wish =
        new ImageTag(name.get(), project.name(), Optional.empty(), by.name(), clock.instant());
    return switch (tags.register(wish, by)) {
      case Registered.Done(var tag) -> Answer.done(tag);
      case Registered.Taken(var other) ->
          Answer.refused(
              "tag_taken",
              "the tag %s means %s since %s, registered by %s"
                  .formatted(
                      other.image().tagged(other.image().tag().orElseThrow()),
                      other.digest(),
                      other.at(),
                      other.by()),
              "a tag names one image: give %s another one".formatted(wish.digest()));
    };
  }
}
