package dev.fleetwright.server.http;

import dev.fleetwright.api.Image;
import dev.fleetwright.api.Page;
import dev.fleetwright.api.Release;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ImageTags.ImageTag;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.server.operations.DeployOperations;
import dev.fleetwright.server.operations.ImageOperations;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Releases, and the images that they consist of: from a release to its images and back.
final class ReleaseRoutes {

  /// An image is of more than one release only where commits changed nothing of it.
  private static final int MOST = 100;

  private final Projects projects;
  private final Environments environments;
  private final Releases releases;
  private final ImageOperations images;
  private final DeployOperations deploys;
  private final Clock clock;

  ReleaseRoutes(
      Projects projects,
      Environments environments,
      Releases releases,
      ImageOperations images,
      DeployOperations deploys,
      Clock clock) {
    this.projects = projects;
    this.environments = environments;
    this.releases = releases;
    this.images = images;
    this.deploys = deploys;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/projects/{project}/releases",
                Access.SIGNED_IN,
                "A project's releases, newest first.")
            .with(Parameter.PAGE, Parameter.PER_PAGE)
            .givingPageOf(Release.class)
            .by(call -> {
              var project = project(call);
              return call.paged(
                  clock.instant(),
                  (most, skip) ->
                      releases.of(project.name(), most, skip).stream().map(this::wire).toList());
            }),
        Route.get(
                "/api/v1/projects/{project}/releases/{number}",
                Access.SIGNED_IN,
                "One release by its number in the project.")
            .giving(Release.class)
            .by(call -> {
              var project = project(call);
              var number = call.id("number");
              return wire(
                  releases
                      .find(project.name(), number)
                      .orElseThrow(() ->
                          Refusal.notFound("release r%d of %s".formatted(number, project.name()))));
            }),
        Route.get("/api/v1/releases/{release}", Access.SIGNED_IN, "One release.")
            .giving(Release.class)
            .by(call -> {
              var id = call.id("release");
              return wire(releases.find(id).orElseThrow(() -> Refusal.notFound("release " + id)));
            }),
        Route.get(
                "/api/v1/images/{digest}",
                Access.SIGNED_IN,
                "The releases that an image is of, newest first, a hundred at most: which commit it was made from.")
            .givingPageOf(Image.Found.class)
            .by(this::withImage),
        Route.get(
                "/api/v1/projects/{project}/environments/{environment}/images",
                Access.SIGNED_IN,
                "The images that run in an environment by the record, with release, commit and pipeline.")
            .givingPageOf(Image.Running.class)
            .by(this::running),
        Route.post(
                "/api/v1/projects/{project}/images",
                Access.SIGNED_IN,
                "Register what a tag of an image means for ever. 409 when it means another image already.")
            .orRefusing()
            .taking(Image.Register.class)
            .giving(Image.Tag.class)
            .as(201)
            .by((call, wish) ->
                wire(Answers.done(images.register(project(call), wish.image(), call.actor())))));
  }

  private Page<Image.Found> withImage(Call call) {
    var digest =
        ImageName.digest(call.path("digest"))
            .orElseThrow(() ->
                Refusal.malformed(
                    "that is no digest of an image",
                    "send `sha256:` and 64 hexadecimal digits, as the registry or `podman image inspect` shows it"));
    var found = new ArrayList<Image.Found>();
    for (var release : releases.withImage(digest, MOST)) {
      var environments = releases.runningIn(release.id());
      releases.images(release.id()).stream()
          .filter(image -> image.digest().equals(digest))
          .forEach(image ->
              found.add(
                  new Image.Found(
                      ReleaseWire.of(image),
                      release.project().value(),
                      ReleaseWire.brief(release),
                      release.pipeline(),
                      environments)));
    }
    return call.whole(clock.instant(), "record", found);
  }

  private Page<Image.Running> running(Call call) {
    var project = call.projectName();
    var name = call.environmentName();
    var environment =
        environments
            .find(project, name)
            .orElseThrow(() ->
                Refusal.notFound("environment `%s` of project `%s`".formatted(name, project)));
    var versions = deploys.versions(environment);
    var running = new ArrayList<Image.Running>();
    var there = new TreeSet<>(versions.values());
    environments.live(environment.id()).forEach(live -> live.release().ifPresent(there::add));
    for (var id : there) {
      var release = releases.find(id).orElseThrow();
      releases.images(id).stream()
          // What a script deployed is no component of its own: it then is all of the release.
          .filter(image -> versions.getOrDefault(image.component(), id).equals(id))
          .forEach(image ->
              running.add(
                  new Image.Running(
                      ReleaseWire.of(image), ReleaseWire.brief(release), release.pipeline())));
    }
    return call.whole(clock.instant(), "record", running);
  }

  private Project project(Call call) {
    var name = call.projectName();
    return projects.find(name).orElseThrow(() -> Refusal.notFound("project `" + name + "`"));
  }

  private Release wire(dev.fleetwright.core.release.Release release) {
    var hasImages =
        release.components().stream().anyMatch(c -> c.settings().text("image").isPresent());
    return ReleaseWire.of(release, hasImages ? releases.images(release.id()) : List.of());
  }

  private static Image.Tag wire(ImageTag tag) {
    return new Image.Tag(
        tag.image().place() + ":" + tag.image().tag().orElseThrow(),
        tag.digest().toString(),
        tag.project().value(),
        tag.pipeline(),
        tag.by(),
        tag.at());
  }
}
