package dev.fleetwright.server.http;

import dev.fleetwright.api.Image;
import dev.fleetwright.api.Release.Brief;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.target.Component;
import java.util.List;

/// Releases as they travel.
final class ReleaseWire {

  private ReleaseWire() {}

  static dev.fleetwright.api.Release of(Release release, List<ReleasedImage> images) {
    return new dev.fleetwright.api.Release(
        release.id(),
        release.project().value(),
        release.number(),
        release.version(),
        release.sha().value(),
        release.ref(),
        release.title(),
        release.author(),
        release.pipeline(),
        release.components().stream().map(ReleaseWire::component).toList(),
        images.stream().map(ReleaseWire::of).toList(),
        release.createdAt());
  }

  static Image of(ReleasedImage image) {
    return new Image(
        image.component(),
        image.name().place(),
        image.digest().toString(),
        image.name().tag(),
        Image.Origin.valueOf(image.origin().name()),
        image.base().map(base -> new Image.Base(base.name().toString(), base.digest().toString())));
  }

  static Brief brief(Release release) {
    return new Brief(
        release.id(),
        release.number(),
        release.version(),
        release.sha().value(),
        release.ref(),
        release.title(),
        release.author());
  }

  private static dev.fleetwright.api.Release.Component component(Component component) {
    var size =
        component.files().stream()
            .mapToLong(f -> f instanceof TreeEntry.File file ? file.size() : 0)
            .sum();
    return new dev.fleetwright.api.Release.Component(
        component.name(),
        component.digest().toString(),
        component.files().size(),
        size,
        component.settings().text("image"));
  }
}
