package dev.fleetwright.pipeline.project;

import static dev.fleetwright.pipeline.shape.Shape.either;
import static dev.fleetwright.pipeline.shape.Shape.fields;
import static dev.fleetwright.pipeline.shape.Shape.list;
import static dev.fleetwright.pipeline.shape.Shape.map;
import static dev.fleetwright.pipeline.shape.Shape.matching;
import static dev.fleetwright.pipeline.shape.Shape.parsed;
import static dev.fleetwright.pipeline.shape.Shape.set;
import static dev.fleetwright.pipeline.shape.Shape.text;
import static dev.fleetwright.pipeline.shape.Shape.word;
import static dev.fleetwright.pipeline.shape.Shape.yesNo;

import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Shape;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Entry;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Nothing;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads `image` of a component, and `registries`.
final class ImageReader {

  /// Where files go in an image when nothing else is said.
  private static final String USUAL_PLACE = "/app";

  private static final Shape NAME =
      parsed(
          "the name of an image",
          "registry.example/shop/web",
          text ->
              ImageName.parse(text.replaceAll("\\$\\{CI_[A-Z0-9_]+}", "x")).isPresent()
                  ? Optional.empty()
                  : Optional.of("is no name of an image: \"" + text + "\""));

  private static final Shape TARGET =
      parsed(
          "the name of an image without a tag",
          "registry.example/shop/web",
          text ->
              ImageName.parse(text.replaceAll("\\$\\{CI_[A-Z0-9_]+}", "x"))
                      .filter(name -> name.tag().isEmpty() && name.digest().isEmpty())
                      .isPresent()
                  ? Optional.empty()
                  : Optional.of(
                      "should be the name of an image without a tag and is \"" + text + "\""));

  private static final Shape BASE =
      parsed(
          "the name of an image with a tag or digest, or `scratch`",
          "registry.example/base/java:25",
          text ->
              text.equals("scratch")
                      || ImageName.parse(text.replaceAll("\\$\\{CI_[A-Z0-9_]+}", "x"))
                          .filter(name -> name.tag().isPresent() || name.digest().isPresent())
                          .isPresent()
                  ? Optional.empty()
                  : Optional.of(
                      "should be an image with a tag or digest, or `scratch`, and is \""
                          + text
                          + "\""));

  private static final Shape PLACE_INSIDE =
      parsed(
          "a path in the image",
          "/app",
          text ->
              text.startsWith("/") && !List.of(text.split("/", -1)).contains("..")
                  ? Optional.empty()
                  : Optional.of("should be a path in the image, starting with /"));

  private static final Shape PUSHED =
      fields().must("name", NAME).with("digest", ProjectKeys.PATH).done();

  private static final Shape ASSEMBLED =
      fields()
          .must("to", TARGET)
          .with("from", BASE)
          .must(
              "files",
              either(
                  ProjectKeys.PATH,
                  map("[^/\\\\].*", "a folder among the artifacts", PLACE_INSIDE)))
          .with(
              "tags",
              set(
                  matching(
                      "(\\$\\{CI_[A-Z0-9_]+}|[a-zA-Z0-9_])(\\$\\{CI_[A-Z0-9_]+}|[a-zA-Z0-9._-])*",
                      "a tag",
                      "${CI_COMMIT_SHORT_SHA}"),
                  1))
          .with("entrypoint", list(word(), 1, 1_000))
          .with("command", list(word(), 1, 1_000))
          .with("variables", ProjectKeys.VARIABLES)
          .with("user", matching("[a-zA-Z0-9._-]+(:[a-zA-Z0-9._-]+)?", "a user", "1000:1000"))
          .with("working_directory", PLACE_INSIDE)
          .with("ports", set(matching("[0-9]{1,5}(/(tcp|udp))?", "a port", "8080"), 1))
          .with("labels", map(word()))
          .with("platforms", set(matching("[a-z0-9]+/[a-z0-9]+", "a platform", "linux/arm64"), 1))
          .done();

  /// What may stand at `image`.
  static final Shape SHAPE = either(NAME, PUSHED, ASSEMBLED);

  /// What may stand at `registries`.
  static final Shape REGISTRIES =
      map(
          "[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]{1,5})?(/[a-z0-9._/-]+)?",
          "a registry's host, with a path where it is a part of one",
          fields().with("insecure", yesNo()).done());

  private ImageReader() {}

  /// @param image what stands there; its mistakes are found by the shape
  static Optional<ImageRule> read(Node image) {
    return switch (image) {
      case Nothing _ -> Optional.empty();
      case Scalar name -> Optional.of(new ImageRule.Pushed(name.text(), Optional.empty()));
      case Mapping map when map.get("to").isPresent() -> Optional.of(assembled(map));
      case Mapping map ->
          ProjectFileReader.text(map, "name")
              .map(name -> new ImageRule.Pushed(name, ProjectFileReader.text(map, "digest")));
      case Node.Sequence _, Node.Reference _ -> Optional.empty();
    };
  }

  private static ImageRule assembled(Mapping map) {
    return new ImageRule.Assembled(
        ProjectFileReader.text(map, "to").orElse(""),
        ProjectFileReader.texts(map, "tags"),
        ProjectFileReader.text(map, "from").filter(from -> !from.equals("scratch")),
        files(map),
        ProjectFileReader.texts(map, "entrypoint"),
        ProjectFileReader.texts(map, "command"),
        texts(map, "variables"),
        ProjectFileReader.text(map, "user"),
        ProjectFileReader.text(map, "working_directory"),
        ProjectFileReader.texts(map, "ports"),
        texts(map, "labels"),
        ProjectFileReader.texts(map, "platforms"));
  }

  private static SequencedMap<String, String> files(Mapping map) {
    var files = new LinkedHashMap<String, String>();
    if (map.get("files").orElse(null) instanceof Mapping places) {
      places
          .entries()
          .forEach((from, entry) -> {
            if (entry.value() instanceof Scalar into) {
              files.put(ProjectFileReader.folder(from), into.text());
            }
          });
    } else {
      ProjectFileReader.text(map, "files")
          .ifPresent(from -> files.put(ProjectFileReader.folder(from), USUAL_PLACE));
    }
    return files;
  }

  private static SortedMap<String, String> texts(Mapping map, String key) {
    var texts = new TreeMap<String, String>();
    if (map.get(key).orElse(null) instanceof Mapping values) {
      values
          .entries()
          .forEach((name, entry) -> {
            if (entry.value() instanceof Scalar scalar) {
              texts.put(name, scalar.text());
            }
          });
    }
    return texts;
  }

  static List<RegistryRule> registries(Map<String, Entry> written) {
    var rules = new ArrayList<RegistryRule>();
    written.forEach((place, entry) ->
        rules.add(
            new RegistryRule(
                place,
                entry.value() instanceof Mapping map
                    && map.get("insecure").orElse(null) instanceof Node.Truth(_, var yes)
                    && yes)));
    return List.copyOf(rules);
  }

  /// Folders of files are checked one by one: a shape of names cannot say what is wrong with one.
  static void check(Mapping component, String path, Problems problems) {
    if (component.get("image").orElse(null) instanceof Mapping image
        && image.get("files").orElse(null) instanceof Mapping files) {
      for (var entry : files.entries().values()) {
        if (List.of(entry.key().split("/", -1)).contains("..")) {
          problems.error(
              entry.keyAt(),
              path + ":image:files: `" + entry.key() + "` should be a path among the artifacts",
              "remove the `..`");
        }
      }
    }
  }
}
