package dev.fleetwright.pipeline.report;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.yaml.Dialect;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import dev.fleetwright.pipeline.yaml.YamlReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads what builders of images write about what they pushed, so that nobody has to read logs:
///
/// - a digest alone: `buildah push --digestfile`, `podman push --digestfile`, Kaniko's
///   `--digest-file`, Jib's `jib-image.digest`;
/// - lines of `name@sha256:…` or `name:tag@sha256:…`: Kaniko's `--image-name-with-digest-file`;
/// - JSON: `--metadata-file` of BuildKit, Buildx and Buildah (`containerimage.digest`,
///   `image.name`), Jib's `jib-image.json` (`image`, `imageDigest`), or an object of names and
///   digests: `{"registry.example/shop/web": "sha256:…"}`.
public sealed interface ImageReport {

  /// The largest report that is read.
  int MOST_BYTES = 64 * 1024;

  /// It says this.
  ///
  /// @param images with digests; the name is empty where the report has a digest alone
  record Told(List<Line> images) implements ImageReport {
    public Told {
      images = List.copyOf(images);
    }
  }

  /// One image of a report.
  ///
  /// @param name with its digest; empty where none is written
  record Line(Optional<ImageName> name, Digest digest) {}

  /// It cannot be read.
  ///
  /// @param what for people
  record Wrong(String what) implements ImageReport {}

  /// Read a report. Never throws because of what it says.
  static ImageReport read(byte[] content) {
    if (content.length > MOST_BYTES) {
      return new Wrong("it has more than %,d bytes".formatted(MOST_BYTES));
    }
    String text;
    try {
      text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString().strip();
    } catch (CharacterCodingException e) {
      return new Wrong("it is not UTF-8");
    }
    if (text.isEmpty()) {
      return new Wrong("it is empty");
    }
    return text.startsWith("{") ? json(text) : lines(text);
  }

  private static ImageReport lines(String text) {
    var images = new ArrayList<Line>();
    var number = 0;
    for (var line : text.lines().map(String::strip).toList()) {
      number++;
      if (line.isEmpty()) {
        continue;
      }
      var image = line(line);
      if (image.isEmpty()) {
        return new Wrong("line %d is neither `sha256:…` nor `name@sha256:…`".formatted(number));
      }
      images.add(image.get());
    }
    return new Told(images);
  }

  /// `sha256:…`, `name@sha256:…` or `name:tag@sha256:…`.
  private static Optional<Line> line(String text) {
    return ImageName.digest(text)
        .map(digest -> new Line(Optional.empty(), digest))
        .or(() ->
            ImageName.parse(text)
                .filter(name -> name.digest().isPresent())
                .map(name -> new Line(Optional.of(name), name.digest().orElseThrow())));
  }

  private static ImageReport json(String text) {
    var problems = new Problems();
    // JSON is YAML, and the reader has bounds against hostile documents.
    var root = YamlReader.readMap("report", text, Dialect.PLAIN, problems);
    if (root.isEmpty() || problems.errors() > 0) {
      return new Wrong(
          problems.sorted().stream()
              .findFirst()
              .map(Problem::message)
              .orElse("it is no JSON object"));
    }
    var map = root.get();
    var buildKit = text(map, "containerimage.digest");
    if (buildKit.isPresent()) {
      return one(text(map, "image.name"), buildKit.get());
    }
    var jib = text(map, "imageDigest");
    if (jib.isPresent()) {
      return one(text(map, "image"), jib.get());
    }
    var images = new ArrayList<Line>();
    for (var entry : map.entries().values()) {
      var name = ImageName.parse(entry.key());
      var digest =
          entry.value() instanceof Scalar scalar
              ? ImageName.digest(scalar.text())
              : Optional.<Digest>empty();
      if (name.isEmpty() || digest.isEmpty()) {
        return new Wrong(
            "`%s` is not the name of an image with a digest `sha256:…`".formatted(entry.key()));
      }
      images.add(new Line(Optional.of(name.get().pinned(digest.get())), digest.get()));
    }
    return images.isEmpty() ? new Wrong("it names no image") : new Told(images);
  }

  private static ImageReport one(Optional<String> name, String digest) {
    var read = ImageName.digest(digest);
    if (read.isEmpty()) {
      return new Wrong("`%s` is no digest: it should be `sha256:…`".formatted(digest));
    }
    // Buildx writes all names, separated by commas.
    var first = name.map(n -> n.split(",", 2)[0].strip()).flatMap(ImageName::parse);
    return new Told(List.of(new Line(first.map(n -> n.pinned(read.get())), read.get())));
  }

  private static Optional<String> text(Mapping map, String key) {
    return map.get(key).filter(node -> node instanceof Scalar).map(node -> ((Scalar) node).text());
  }
}
