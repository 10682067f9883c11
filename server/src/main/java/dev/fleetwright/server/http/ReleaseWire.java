package dev.fleetwright.server.http;

import dev.fleetwright.api.Release.Brief;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.target.Component;

/// Releases as they travel.
final class ReleaseWire {

  private ReleaseWire() {}

  static dev.fleetwright.api.Release of(Release release) {
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
        release.createdAt());
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
