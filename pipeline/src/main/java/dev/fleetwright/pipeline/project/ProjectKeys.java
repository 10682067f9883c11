package dev.fleetwright.pipeline.project;

import static dev.fleetwright.pipeline.shape.Shape.anything;
import static dev.fleetwright.pipeline.shape.Shape.either;
import static dev.fleetwright.pipeline.shape.Shape.fields;
import static dev.fleetwright.pipeline.shape.Shape.list;
import static dev.fleetwright.pipeline.shape.Shape.map;
import static dev.fleetwright.pipeline.shape.Shape.matching;
import static dev.fleetwright.pipeline.shape.Shape.number;
import static dev.fleetwright.pipeline.shape.Shape.oneOf;
import static dev.fleetwright.pipeline.shape.Shape.parsed;
import static dev.fleetwright.pipeline.shape.Shape.ruled;
import static dev.fleetwright.pipeline.shape.Shape.set;
import static dev.fleetwright.pipeline.shape.Shape.text;
import static dev.fleetwright.pipeline.shape.Shape.word;
import static dev.fleetwright.pipeline.shape.Shape.yesNo;

import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Idleness;
import dev.fleetwright.core.environment.QueueMode;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.pipeline.shape.Shape;
import dev.fleetwright.pipeline.shape.SpokenDuration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// Every key of `fleetwright.yml` and what may stand there. `fleetwright-reference.yml` explains
/// them; a test keeps the two alike.
final class ProjectKeys {
  private ProjectKeys() {}

  /// Keys that are read and checked, and have no effect in this release.
  static final List<String> LATER =
      List.of("migrations", "fleet", "environments:*:on", "environments:*:ttl");

  static final String KUBERNETES = "kubernetes";

  static final Shape DURATION =
      parsed(
          "a duration",
          "90 s",
          text ->
              SpokenDuration.parse(text).isPresent()
                  ? Optional.empty()
                  : Optional.of("should be a duration and is \"" + text + "\""));
  static final Shape SHORT_DURATION =
      parsed(
          "a duration of at most an hour",
          "20 s",
          text ->
              SpokenDuration.parse(text).filter(d -> d.toMinutes() <= 60).isPresent()
                  ? Optional.empty()
                  : Optional.of("should be a duration of at most an hour and is \"" + text + "\""));

  /// The value is not shown: it may be a key that somebody pasted.
  private static final Shape FILE =
      parsed(
          "a reference to a file",
          "file:~/.ssh/id_ed25519",
          text ->
              text.matches("file:(~/|/).*")
                  ? Optional.empty()
                  : Optional.of("is no reference to a file"));

  private static final Shape TARGET_NAME = text(1, 63);
  private static final String NAME_PATTERN = "[a-zA-Z][a-zA-Z0-9_-]{0,62}";
  private static final String NAME_DESCRIBED = "a name of letters, digits, - and _";

  static final Shape PATH =
      parsed(
          "a path inside the repository",
          "build/web/",
          text ->
              text.startsWith("/")
                      || text.isBlank()
                      || List.of(text.split("/", -1)).contains("..")
                      || text.indexOf('\\') >= 0
                  ? Optional.of("should be a path among the pipeline's artifacts")
                  : Optional.empty());
  private static final Shape BRANCH = text(1, 255);

  static final Shape VARIABLES =
      map("[A-Za-z_][A-Za-z0-9_]*", "a variable's name: letters, digits and _", word());

  private static final Shape LOCAL =
      fields()
          .with("directory", text(1, 1_000))
          .with("keep", number(2, 1_000))
          .with("variables", VARIABLES)
          .done();
  private static final Shape SSH =
      fields()
          .must("hosts", set(text(1, 300), 1))
          .must("user", text(1, 64))
          .with("port", number(1, 65_535))
          .with("key", FILE)
          .with("passphrase", FILE)
          .with("known_hosts", FILE)
          .with("host_keys", list(text(1, 2_000)))
          .with("directory", text(1, 1_000))
          .with("connect_within", SHORT_DURATION)
          .with("max_unavailable", StrategyReader.MAX_UNAVAILABLE)
          .with("keep", number(2, 1_000))
          .with("variables", VARIABLES)
          .done();
  private static final Shape IN_KUBERNETES =
      fields()
          .with("kubeconfig", FILE)
          .with("context", text(1, 300))
          .with(
              "server",
              matching("https?://[^\\s]{1,248}", "an https address", "https://api.example:6443"))
          .with("token", FILE)
          .with("certificate_authority", FILE)
          .with("in_cluster", yesNo())
          .with(
              "namespace",
              matching(
                  "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
                  "a name of lower-case letters, digits and -",
                  "shop"))
          .with("create_namespace", yesNo())
          .with("remove_namespace", yesNo())
          .with("cluster_wide", yesNo())
          .with("take_over", set(text(1, 128), 1))
          .with("healthy_within", DURATION)
          .with("variables", VARIABLES)
          .done();

  /// The kinds of targets and their settings.
  static final SequencedMap<String, Shape> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("local", LOCAL);
    KINDS.put("ssh", SSH);
    KINDS.put(KUBERNETES, IN_KUBERNETES);
  }

  /// A target as a map with its kind as the only key; the reader says more than a shape can.
  private static final Shape TARGET = fields().withAll(KINDS).done();

  private static final Shape PORT =
      parsed(
          "a port",
          "8080",
          text -> {
            var sound =
                text.matches("\\$\\{[A-Za-z_][A-Za-z0-9_]*}")
                    || (text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65_535);
            return sound
                ? Optional.empty()
                : Optional.of("should be a number from 0 to 65535 and is \"" + text + "\"");
          });
  private static final Shape RUN =
      fields()
          .must("command", list(word(), 1, 1_000))
          .with("port", PORT)
          .with(
              "health",
              fields()
                  .with("http", matching("/[\\x21-\\x7e]*", "a path", "/healthz"))
                  .with("tcp", yesNo())
                  .with("within", SHORT_DURATION)
                  .done())
          .with("variables", VARIABLES)
          .with("stop_within", SHORT_DURATION)
          .done();
  private static final Shape COMPONENT =
      fields()
          .with("files", PATH)
          .with("run", RUN)
          .with("image", ImageReader.SHAPE)
          .with("manifests", PATH)
          .with("healthy_within", DURATION)
          .done();

  private static final Shape FREEZE =
      ruled(
          fields()
              .with("name", text(1, 100))
              .must("from", text(1, 100))
              .must("to", text(1, 100))
              .with("zone", text(1, 100))
              .done(),
          FreezeText::check);
  private static final Shape APPROVALS =
      ruled(
          fields()
              .with("required", number(1, 100))
              .with("by", set(text(1, 200), 1))
              .with("deployer", oneOf("counts", "does_not_count"))
              .done(),
          GatingReader::checkApprovals);
  private static final Shape GATE =
      ruled(
          matching(
              "[a-z0-9][a-z0-9._-]{0,62}",
              "a name of lower-case letters, digits, -, _ and .",
              "qa"),
          GatingReader::checkGate);
  private static final Shape IDLENESS =
      oneOf(Arrays.stream(Idleness.values()).map(Idleness::keyword).toArray(String[]::new));

  private static final Shape ENVIRONMENT =
      fields()
          .with("target", either(TARGET_NAME, set(TARGET_NAME, 1)))
          .with("auto", either(BRANCH, yesNo()))
          .with("after", text(1, 255))
          .with("approvals", either(number(0, 100), APPROVALS))
          .with(
              "url",
              matching("https?://[^\\s]{1,248}", "an http or https address", "https://x.example"))
          .with("tier", oneOf("production", "staging", "testing", "development", "other"))
          .with("components", set(text(1, 63), 1))
          .with("variables", VARIABLES)
          .with("on", either(oneOf("branches", "tags", "merge_requests"), list(text())))
          .with("ttl", DURATION)
          .with("soak", DURATION)
          .with("freeze", either(FREEZE, list(FREEZE)))
          .with("gates", set(GATE, 1))
          .with("statuses", set(text(1, 255), 1))
          .with(
              "queue",
              oneOf(
                  Arrays.stream(QueueMode.values()).map(QueueMode::keyword).toArray(String[]::new)))
          .with("preempt", either(oneOf("none"), set(IDLENESS, 1)))
          .with("strategy", StrategyReader.SHAPE)
          .with("rollback", RollbackReader.SHAPE)
          .done();

  /// The whole file.
  static final Shape.Fields FILE_SHAPE =
      fields()
          .with(
              "project",
              parsed(
                  "a project name",
                  "shop",
                  text ->
                      ProjectName.valid(text)
                          ? Optional.empty()
                          : Optional.of(
                              "should be 1 to 63 lower-case letters, digits, -, _ and ., and is \""
                                  + text
                                  + "\"")))
          .with("targets", map(NAME_PATTERN, NAME_DESCRIBED, TARGET))
          .with("registries", ImageReader.REGISTRIES)
          .with("release", map(NAME_PATTERN, NAME_DESCRIBED, COMPONENT))
          .with("environments", map(ENVIRONMENT))
          .with("keep", number(2, 1_000))
          .with("rebuild", fields().must("base_images", DURATION).done())
          .with(
              "migrations",
              fields()
                  .with("database", text(1, 300))
                  .with("expand", PATH)
                  .with("contract", PATH)
                  .done())
          .with("fleet", map(anything()))
          .done();

  /// Whether this can be the name of an environment, or a pattern of names with `*` in it.
  static boolean isEnvironmentPattern(String text) {
    return EnvironmentName.valid(text.replace('*', 'x'));
  }
}
