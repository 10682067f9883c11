package dev.fleetwright.pipeline.project;

import static dev.fleetwright.pipeline.shape.Shape.fields;
import static dev.fleetwright.pipeline.shape.Shape.matching;
import static dev.fleetwright.pipeline.shape.Shape.number;
import static dev.fleetwright.pipeline.shape.Shape.ruled;
import static dev.fleetwright.pipeline.shape.Shape.text;
import static dev.fleetwright.pipeline.shape.Shape.word;

import dev.fleetwright.core.analysis.HttpProbe;
import dev.fleetwright.core.analysis.HttpProbe.Where;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Shape;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// Reads `analyse:` of a canary's stage: what the new release is asked while it is watched.
final class AnalyseReader {

  private static final Duration USUAL_EVERY = Duration.ofSeconds(10);
  private static final Duration SHORTEST_EVERY = Duration.ofSeconds(1);
  private static final Duration USUAL_WITHIN = Duration.ofSeconds(5);

  static final Shape SHAPE =
      ruled(
          fields()
              .with("component", text(1, 63))
              .with("path", matching("/[\\x21-\\x7e]*", "a path", "/healthz"))
              .with(
                  "url",
                  matching(
                      "https?://[A-Za-z0-9.:\\[\\]-]+(/[\\x21-\\x7e]*)?",
                      "an http or https address",
                      "https://shop.example/healthz"))
              .must("for", ProjectKeys.DURATION)
              .with("every", ProjectKeys.DURATION)
              .with(
                  "status",
                  matching("[1-5][0-9]{2}(-[1-5][0-9]{2})?", "a status or a range", "200-299"))
              .with(
                  "json",
                  fields()
                      .must("pointer", matching("(/[^/]*)+", "a JSON pointer", "/status"))
                      .must("equals", word())
                      .done())
              .with("within", ProjectKeys.SHORT_DURATION)
              .with("forgive", number(0, HttpProbe.MOST_FORGIVEN))
              .done(),
          AnalyseReader::whom);

  private AnalyseReader() {}

  private static boolean whom(Node node, String path, Problems problems) {
    var map = (Mapping) node;
    var component =
        ProjectFileReader.text(map, "component").isPresent()
            && ProjectFileReader.text(map, "path").isPresent();
    var half =
        ProjectFileReader.text(map, "component").isPresent()
            || ProjectFileReader.text(map, "path").isPresent();
    if (component == ProjectFileReader.text(map, "url").isPresent() || (half && !component)) {
      problems.error(
          node.at(),
          path + " should have either `component` and `path`, or `url`",
          "write for example `{ component: web, path: /healthz, for: 5 min }`");
      return false;
    }
    if (ProjectFileReader.text(map, "url").filter(url -> !isAddress(url)).isPresent()) {
      problems.error(
          node.at(),
          path + ":url is no address",
          "write for example `https://shop.example/healthz`");
      return false;
    }
    if (ProjectFileReader.duration(map, "every")
        .filter(every -> every.compareTo(SHORTEST_EVERY) < 0)
        .isPresent()) {
      problems.error(node.at(), path + ":every is less than a second", "write `1 s` or more");
      return false;
    }
    var status = ProjectFileReader.text(map, "status").orElse("");
    if (status.contains("-") && status.substring(0, 3).compareTo(status.substring(4)) > 0) {
      problems.error(
          node.at(), path + ":status begins after it ends", "write for example `200-299`");
      return false;
    }
    return true;
  }

  private static boolean isAddress(String url) {
    try {
      return URI.create(url).getHost() != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// What a checked value means; empty if it is not sound, which was reported.
  static Optional<HttpProbe> read(Node node) {
    if (!(node instanceof Mapping map)) {
      return Optional.empty();
    }
    try {
      var where =
          ProjectFileReader.text(map, "url")
              .<Where>map(url -> new Where.Address(URI.create(url)))
              .orElseGet(() ->
                  new Where.Component(
                      ProjectFileReader.text(map, "component").orElse(""),
                      ProjectFileReader.text(map, "path").orElse("/")));
      var status = ProjectFileReader.text(map, "status").orElse("200-299");
      return ProjectFileReader.duration(map, "for")
          .map(length ->
              new HttpProbe(
                  where,
                  ProjectFileReader.duration(map, "every").orElse(USUAL_EVERY),
                  length,
                  Integer.parseInt(status.substring(0, 3)),
                  Integer.parseInt(status.substring(status.length() - 3)),
                  json(map),
                  ProjectFileReader.duration(map, "within").orElse(USUAL_WITHIN),
                  ProjectFileReader.text(map, "forgive").map(Integer::parseInt).orElse(0)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<HttpProbe.Json> json(Mapping map) {
    return map.get("json")
        .filter(node -> node instanceof Mapping)
        .map(node -> (Mapping) node)
        .flatMap(json ->
            ProjectFileReader.text(json, "pointer")
                .flatMap(pointer ->
                    ProjectFileReader.text(json, "equals")
                        .map(value -> new HttpProbe.Json(pointer, value))));
  }
}
