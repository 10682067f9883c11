package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.image.ImageRegistries;
import dev.fleetwright.core.image.ImageRegistries.Looked;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.image.ReleasedImage.BaseImage;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import dev.fleetwright.pipeline.project.ProjectFile;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Builds the newest commit of a project's default branch again when the image that it was built
/// from has another digest by now, where `fleetwright.yml` asks for that.
///
/// Any number of servers may look at once: for each new digest of a base one pipeline is started,
/// which the record sees to. When that pipeline fails nothing more happens until the base changes
/// again, or somebody retries it.
public final class BaseImages {

  private static final Logger log = LoggerFactory.getLogger(BaseImages.class);

  /// How soon a project is looked at again whose file does not ask for it now.
  private static final Duration NOT_ASKED_FOR = Duration.ofMinutes(10);

  /// One release is built on a few images; more are a mistake, and registries count requests.
  private static final int MOST_BASES = 20;

  private final Projects projects;
  private final Releases releases;
  private final ImageRegistries registries;
  private final Configuration configuration;
  private final PipelineOperations pipelines;
  private final InstantSource clock;
  private final Map<ProjectName, Instant> next = new HashMap<>();

  BaseImages(
      Projects projects,
      Releases releases,
      ImageRegistries registries,
      Configuration configuration,
      PipelineOperations pipelines,
      InstantSource clock) {
    this.projects = projects;
    this.releases = releases;
    this.registries = registries;
    this.configuration = configuration;
    this.pipelines = pipelines;
    this.clock = clock;
  }

  /// Look at the projects whose time has come, one after the other. Called by one thread.
  public void round() throws InterruptedException {
    for (var project : projects.all()) {
      var now = clock.instant();
      if (!next.getOrDefault(project.name(), now).isAfter(now)) {
        var file = configuration.ofDefaultBranch(project);
        next.put(project.name(), now.plus(file.lookForBases().orElse(NOT_ASKED_FOR)));
        if (file.sound() && file.lookForBases().isPresent()) {
          look(project, file);
        }
      }
    }
  }

  private void look(Project project, ProjectFile file) throws InterruptedException {
    var newest = releases.newestOf(project.name(), project.defaultBranch());
    if (newest.isEmpty()) {
      return;
    }
    var bases =
        releases.images(newest.get().id()).stream()
            .map(ReleasedImage::base)
            .flatMap(Optional::stream)
            .distinct()
            .limit(MOST_BASES)
            .toList();
    for (var base : bases) {
      if (changed(base, file, newest.get())) {
        return;
      }
    }
  }

  /// @return whether a pipeline builds it again, with which all other bases are new as well
  private boolean changed(BaseImage base, ProjectFile file, Release release)
      throws InterruptedException {
    var registry = file.registryOf(base.name());
    if (registry.isEmpty() || base.name().tag().isEmpty()) {
      return false;
    }
    return switch (registries.look(base.name(), registry.get().insecure())) {
      case Looked.Found(var digest, _) when digest.equals(base.digest()) -> false;
      case Looked.Found(var digest, _) -> {
        var cause = base.name() + "@" + digest;
        rebuild(release, base, cause);
        yield true;
      }
      case Looked.Missing _ -> false;
      case Looked.No(var why) -> unknown(release, base, why);
      case Looked.Unreachable(var why) -> unknown(release, base, why);
    };
  }

  private static boolean unknown(Release release, BaseImage base, String why) {
    log.atWarn()
        .addKeyValue("project", release.project())
        .addKeyValue("base", base.name())
        .addKeyValue("why", why)
        .log("whether a base image has changed is not known; asked again later");
    return false;
  }

  private void rebuild(Release release, BaseImage base, String cause) {
    var answer =
        pipelines.rebuild(
            release.pipeline(),
            Source.SCHEDULE,
            Optional.of(cause),
            new Actor("base image " + base.name()));
    var told =
        switch (answer) {
          case Answer.Done<Pipeline>(var pipeline) -> "pipeline #" + pipeline.number();
          case Answer.NotFound<Pipeline>(var what) -> "there is no " + what;
          case Answer.Refused<Pipeline>(_, var message, _, _) -> message;
        };
    log.atInfo()
        .addKeyValue("project", release.project())
        .addKeyValue("release", release.version())
        .addKeyValue("base", cause)
        .addKeyValue("answer", told)
        .log("a base image has changed");
  }
}
