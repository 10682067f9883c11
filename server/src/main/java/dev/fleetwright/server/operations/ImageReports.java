package dev.fleetwright.server.operations;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.image.ReleasedImage.BaseImage;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.pipeline.report.ImageReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the jobs of a pipeline reported of the image that a component is: in dotenv variables named
/// after the component, or in a file that the builder wrote.
final class ImageReports {

  private ImageReports() {}

  /// What was reported.
  sealed interface Report {
    /// Nothing.
    record None() implements Report {}

    /// An image.
    ///
    /// @param name as far as it was said
    /// @param who for people, such as "job `build`"
    record Told(
        Optional<ImageName> name, Optional<Digest> digest, Optional<BaseImage> base, String who)
        implements Report {}

    /// Something that means nothing.
    record Wrong(String what) implements Report {}
  }

  /// What the dotenv reports say of a component: `WEB_IMAGE` holds a name, a name with digest or a
  /// digest, `WEB_IMAGE_DIGEST` a digest, `WEB_BASE_IMAGE` what it was built from, with a digest.
  /// Lower case does as well. Of several jobs the last one counts.
  static Report dotenv(String component, List<Job> jobs) {
    var variable = ReleasedImage.variable(component);
    for (var job : jobs.reversed()) {
      var name = value(job.dotenv(), variable);
      var digest = value(job.dotenv(), variable + "_DIGEST");
      if (name.isPresent() || digest.isPresent()) {
        return read(component, job, name, digest);
      }
    }
    return new Report.None();
  }

  private static Report read(
      String component, Job job, Optional<String> name, Optional<String> digest) {
    var who = "job `" + job.spec().name() + "`";
    var variable = ReleasedImage.variable(component);
    var alone = name.flatMap(ImageName::digest);
    var image = alone.isPresent() ? Optional.<ImageName>empty() : name.flatMap(ImageName::parse);
    if (name.isPresent() && alone.isEmpty() && image.isEmpty()) {
      return new Report.Wrong(
          "%s reported `%s=%s`, which is no name of an image; write registry/name@sha256:…"
              .formatted(who, variable, name.get()));
    }
    var extra = digest.flatMap(ImageName::digest);
    if (digest.isPresent() && extra.isEmpty()) {
      return new Report.Wrong(
          "%s reported `%s_DIGEST=%s`, which is no digest; write sha256:…"
              .formatted(who, variable, digest.get()));
    }
    var inName = alone.or(() -> image.flatMap(ImageName::digest));
    if (inName.isPresent() && extra.isPresent() && !inName.equals(extra)) {
      return new Report.Wrong(
          "%s reported two digests, in `%s` and in `%s_DIGEST`".formatted(who, variable, variable));
    }
    return new Report.Told(image, inName.or(() -> extra), base(component, job), who);
  }

  private static Optional<BaseImage> base(String component, Job job) {
    var variable = ReleasedImage.variable(component).replaceAll("_IMAGE$", "_BASE_IMAGE");
    return value(job.dotenv(), variable)
        .flatMap(ImageName::parse)
        .flatMap(name ->
            name.digest()
                .map(digest ->
                    new BaseImage(
                        name.tag().map(name.bare()::tagged).orElse(name.bare()), digest)));
  }

  private static Optional<String> value(Map<String, String> variables, String name) {
    return Optional.ofNullable(variables.get(name))
        .or(() ->
            variables.entrySet().stream()
                .filter(variable -> variable.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst())
        .filter(value -> !value.isBlank());
  }

  /// What a file among the artifacts says of an image.
  ///
  /// @param image whose line counts where the file has several
  static Report file(String path, ImageName image, BuiltFiles files, Blobs blobs) {
    var artifact = files.artifact(path);
    if (artifact.isEmpty()) {
      return new Report.Wrong(
          "no job left the artifact `%s`, which should tell its digest; add it to `artifacts:paths` of the job that pushes the image"
              .formatted(path));
    }
    return switch (ImageReport.read(content(artifact.get().digest(), blobs))) {
      case ImageReport.Wrong(var what) ->
          new Report.Wrong("the artifact `%s` tells no digest: %s".formatted(path, what));
      case ImageReport.Told(var lines) ->
          lines.stream()
              .filter(
                  line -> line.name().filter(name -> !name.place().equals(image.place())).isEmpty())
              .findFirst()
              .<Report>map(line ->
                  new Report.Told(
                      line.name(),
                      Optional.of(line.digest()),
                      Optional.empty(),
                      "the artifact `" + path + "`"))
              .orElseGet(() ->
                  new Report.Wrong(
                      "the artifact `%s` says nothing of %s".formatted(path, image.place())));
    };
  }

  private static byte[] content(Digest digest, Blobs blobs) {
    try (var in = blobs.open(digest)) {
      return in.readNBytes(ImageReport.MOST_BYTES + 1);
    } catch (IOException e) {
      throw new UncheckedIOException("reading an artifact that tells a digest", e);
    }
  }
}
