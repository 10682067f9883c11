package dev.fleetwright.core.engine;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.target.Component;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// For tests whose plans are all chosen beforehand.
final class NoReleases implements Releases {
  @Override
  public Release add(
      ProjectName project,
      CommitSha sha,
      String ref,
      String title,
      String author,
      long pipeline,
      List<Component> components,
      List<ReleasedImage> images,
      Actor by,
      Instant at) {
    throw new UnsupportedOperationException("no test needs it");
  }

  @Override
  public Optional<Release> find(long id) {
    return Optional.empty();
  }

  @Override
  public Optional<Release> find(ProjectName project, long number) {
    return Optional.empty();
  }

  @Override
  public Optional<Release> ofPipeline(long pipeline) {
    return Optional.empty();
  }

  @Override
  public Optional<Release> ofCommit(ProjectName project, CommitSha sha) {
    return Optional.empty();
  }

  @Override
  public Optional<Release> newestOf(ProjectName project, String branch) {
    return Optional.empty();
  }

  @Override
  public List<Release> of(ProjectName project, int most, int skip) {
    return List.of();
  }

  @Override
  public List<ReleasedImage> images(long release) {
    return List.of();
  }

  @Override
  public List<Release> withImage(Digest image, int most) {
    return List.of();
  }

  @Override
  public List<String> runningIn(long release) {
    return List.of();
  }
}
