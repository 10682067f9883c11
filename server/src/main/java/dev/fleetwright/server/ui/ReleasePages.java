package dev.fleetwright.server.ui;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import java.util.List;
import java.util.Optional;

/// Releases, one page each.
final class ReleasePages {

  private final Sources sources;
  private final Framing framing;
  private final Addressed addressed;

  ReleasePages(Sources sources, Framing framing) {
    this.sources = sources;
    this.framing = framing;
    this.addressed = new Addressed(sources);
  }

  List<Route> routes() {
    return List.of(
        Framing.show(
            "/projects/{project}/releases/{number}",
            "A release: its commit, and its components and images by digest.",
            this::show));
  }

  private void show(Call call) {
    var project = addressed.project(call);
    var number = call.id("number");
    var release =
        sources
            .releases()
            .find(project.name(), number)
            .orElseThrow(() -> Refusal.notFound("release r%d".formatted(number)));
    var name = project.name().value();
    var frame =
        framing.frame(
            call,
            release.version() + " of " + name,
            List.of(new Link(name, Paths.project(project.name())), new Link(release.version(), "")),
            Paths.release(project.name(), number),
            "project=" + name,
            "",
            List.of());
    Framing.answer(call, 200, frame, Html.release(frame, page(release)));
  }

  private ReleasePage page(Release release) {
    var images = sources.releases().images(release.id());
    var project = release.project();
    return new ReleasePage(
        release.version(),
        release.title(),
        release.sha().value(),
        release.ref(),
        release.author(),
        Moment.of(release.createdAt(), sources.clock().instant()),
        sources
            .pipelines()
            .find(release.pipeline())
            .map(ReleasePages::link)
            .orElse(new Link("", "")),
        sources.releases().runningIn(release.id()).stream()
            .map(name -> new Link(name, Paths.environment(project, new EnvironmentName(name))))
            .toList(),
        release.components().stream()
            .map(component ->
                part(
                    component,
                    images.stream()
                        .filter(image -> image.component().equals(component.name()))
                        .findFirst()))
            .toList());
  }

  private static Link link(Pipeline pipeline) {
    return new Link("#" + pipeline.number(), Paths.pipeline(pipeline.project(), pipeline.number()));
  }

  private static ReleasePage.Part part(Component component, Optional<ReleasedImage> image) {
    if (image.isEmpty()) {
      var size =
          component.files().stream()
              .mapToLong(f -> f instanceof TreeEntry.File file ? file.size() : 0)
              .sum();
      return new ReleasePage.Part(
          component.name(),
          "%d files, %s".formatted(component.files().size(), LogParts.size(size)),
          component.digest().toString(),
          "",
          "");
    }
    var of = image.get();
    var how =
        switch (of.origin()) {
          case REPORTED -> "reported by a job";
          case RESOLVED -> "what the registry said of the tag when the release was made";
          case BUILT -> "built of the pipeline's files";
          case WRITTEN -> "as fleetwright.yml says";
        };
    return new ReleasePage.Part(
        component.name(),
        of.name().place(),
        of.digest().toString(),
        of.name().tag().map(tag -> "tag `" + tag + "`, ").orElse("") + how,
        of.base().map(base -> base.name() + "@" + base.digest()).orElse(""));
  }
}
