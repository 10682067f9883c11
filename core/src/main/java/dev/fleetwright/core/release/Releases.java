package dev.fleetwright.core.release;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.Component;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The releases that were made.
public interface Releases {

  /// Keep a new release, with the next number. One pipeline makes one release: when it has made
  /// one, that is returned and nothing is kept.
  ///
  /// @param images which of the components are images, and which images
  Release add(
      ProjectName project,
      CommitSha sha,
      String ref,
      String title,
      String author,
      long pipeline,
      List<Component> components,
      List<ReleasedImage> images,
      Actor by,
      Instant at);

  /// The same, of a release without images.
  default Release add(
      ProjectName project,
      CommitSha sha,
      String ref,
      String title,
      String author,
      long pipeline,
      List<Component> components,
      Actor by,
      Instant at) {
    return add(project, sha, ref, title, author, pipeline, components, List.of(), by, at);
  }

  /// One by its id.
  Optional<Release> find(long id);

  /// One by its number.
  Optional<Release> find(ProjectName project, long number);

  /// The release of a pipeline.
  Optional<Release> ofPipeline(long pipeline);

  /// The newest release of a commit.
  Optional<Release> ofCommit(ProjectName project, CommitSha sha);

  /// The newest release of a branch; those of tags do not count. A commit that was built again is
  /// as new as its first pipeline, and of its releases the last one counts: building an old commit
  /// again brings it nowhere by itself.
  Optional<Release> newestOf(ProjectName project, String branch);

  /// A project's, newest first.
  List<Release> of(ProjectName project, int most, int skip);

  /// Which images a release consists of, by component.
  List<ReleasedImage> images(long release);

  /// The releases that an image is of, newest first. The other way round than [#images]: from what
  /// runs somewhere to the commit that it was made from.
  List<Release> withImage(Digest image, int most);

  /// The environments of its project that a release runs in by the record, by name.
  List<String> runningIn(long release);
}
