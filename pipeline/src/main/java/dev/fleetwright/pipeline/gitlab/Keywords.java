package dev.fleetwright.pipeline.gitlab;

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

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.pipeline.expression.Expression;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Shape;
import dev.fleetwright.pipeline.shape.SpokenDuration;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Nothing;
import dev.fleetwright.pipeline.yaml.Node.Sequence;
import dev.fleetwright.pipeline.yaml.Node.Text;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Every keyword of GitLab's language: what it may look like and what is done with it here.
///
/// This table is the one place that knows which keywords exist. Sources: contract 2a.2, 2a.8, 2a.10
/// and GitLab's published schema (`app/assets/javascripts/editor/schema/ci.json`).
final class Keywords {
  private Keywords() {}

  /// What is done with a keyword that is written correctly.
  enum Support {
    /// It has the effect that GitLab gives it.
    FULL,
    /// It is kept with the job, and running the job without it gives the same files and effects,
    /// only slower, unlabelled or elsewhere.
    KEPT,
    /// A job or file that has it cannot be run here: leaving it out would run something else than
    /// what is written.
    BLOCKING
  }

  /// @param without what happens instead; empty for [Support#FULL]
  record Keyword(Shape shape, Support support, String without) {}

  /// A script line is rarely longer than a screen; one level of list for each `!reference` that was
  /// put into another.
  private static final int DEEPEST_SCRIPT = 10;

  private static final long LONGEST_START_IN_DAYS = 7;

  static final Set<String> RETRY_REASONS =
      Collections.unmodifiableSet(
          new LinkedHashSet<>(
              List.of(
                  "always",
                  "unknown_failure",
                  "script_failure",
                  "api_failure",
                  "stuck_or_timeout_failure",
                  "runner_system_failure",
                  "runner_unsupported",
                  "image_pull_failure",
                  "stale_schedule",
                  "job_execution_timeout",
                  "archived_failure",
                  "unmet_prerequisites",
                  "scheduler_failure",
                  "data_integrity_failure",
                  "stuck_pending_with_matching_runners",
                  "stuck_pending_no_matching_runners",
                  "no_updates_running",
                  "no_updates_canceling",
                  "runner_configuration_error",
                  "runner_external_dependency_failure",
                  "runner_interrupted",
                  "server_timeout_running",
                  "server_timeout_canceling")));

  /// Keywords that `default:` may set for all jobs.
  static final List<String> DEFAULTS =
      List.of(
          "after_script",
          "artifacts",
          "before_script",
          "cache",
          "hooks",
          "id_tokens",
          "identity",
          "image",
          "interruptible",
          "retry",
          "services",
          "tags",
          "timeout");

  private static final Pattern PROJECT_FORM = Pattern.compile("\\S/\\S|\\$\\S+");
  private static final Pattern EXPOSED_NAME = Pattern.compile("\\w[-\\w ]*");
  private static final Shape NAME = text(1, 255);
  private static final Shape DURATION =
      writtenAs(
          "a duration",
          "1 hour 30 minutes",
          text ->
              SpokenDuration.parse(text).isPresent()
                  ? Optional.empty()
                  : Optional.of("should be a duration and is \"" + text + "\""));
  private static final Shape DURATION_OR_NEVER =
      writtenAs(
          "a duration or never",
          "1 week",
          text ->
              text.equals("never") || text.startsWith("$") || SpokenDuration.parse(text).isPresent()
                  ? Optional.empty()
                  : Optional.of("should be a duration or `never` and is \"" + text + "\""));
  private static final Shape START_IN =
      writtenAs(
          "a duration of at most one week",
          "30 minutes",
          text ->
              SpokenDuration.parse(text)
                      .filter(duration -> duration.toHours() <= LONGEST_START_IN_DAYS * 24)
                      .isPresent()
                  ? Optional.empty()
                  : Optional.of(
                      "should be a duration of at most one week and is \"" + text + "\""));

  private static final Shape TEXTS = list(text());
  private static final Shape SOME_TEXTS = list(text(), 1, Integer.MAX_VALUE);
  private static final Shape SCRIPT = ruled(anything(), Keywords::checkScript);
  private static final Shape FILLED_SCRIPT =
      ruled(
          SCRIPT,
          (node, path, problems) -> {
            var empty =
                (node instanceof Sequence(_, var items) && items.isEmpty())
                    || (node instanceof Text(_, var line) && line.isEmpty());
            if (empty) {
              problems.error(node.at(), path + " is empty", "add a command, for example `- echo`");
            }
            return !empty;
          });

  private static final Shape PULL_POLICIES = oneOf("always", "never", "if-not-present");
  private static final Shape PULL_POLICY = either(PULL_POLICIES, set(PULL_POLICIES, 1));
  private static final Shape DOCKER =
      fields().with("platform", text(1, 255)).with("user", text(1, 255)).done();
  private static final Shape KUBERNETES_USER =
      fields().with("user", either(text(1, 255), number(0, Integer.MAX_VALUE))).done();
  private static final Shape IMAGE =
      either(
          text(1, 4096),
          fields()
              .must("name", text(1, 4096))
              .with("entrypoint", list(word(), 1, Integer.MAX_VALUE))
              .with("docker", DOCKER)
              .with("kubernetes", KUBERNETES_USER)
              .with("pull_policy", PULL_POLICY)
              .done());

  private static final Shape VARIABLE_NAME_VALUE = ruled(anything(), Keywords::checkVariable);
  private static final Shape JOB_VARIABLES =
      map(
          either(
              VARIABLE_NAME_VALUE, fields().with("value", word()).with("expand", yesNo()).done()));
  private static final Shape RULE_VARIABLES = map(VARIABLE_NAME_VALUE);
  private static final Shape GLOBAL_VARIABLES =
      ruled(
          map(
              either(
                  VARIABLE_NAME_VALUE,
                  fields()
                      .with("value", word())
                      .with("description", text())
                      .with("options", set(text(), 1))
                      .with("expand", yesNo())
                      .done())),
          Keywords::checkOptions);

  private static final Shape SERVICES =
      list(
          either(
              text(1, 4096),
              fields()
                  .must("name", text(1, 4096))
                  .with("alias", text(1, 4096))
                  .with("entrypoint", SOME_TEXTS)
                  .with("command", FILLED_SCRIPT)
                  .with("variables", JOB_VARIABLES)
                  .with("docker", DOCKER)
                  .with("kubernetes", KUBERNETES_USER)
                  .with("pull_policy", PULL_POLICY)
                  .done()));

  /// The key is a part of a path on the runner; GitLab looks at it with `%2F` written out.
  private static final Shape CACHE_KEY_TEXT =
      writtenAs(
          "a text without /",
          "$CI_COMMIT_REF_SLUG",
          text -> {
            var bare = text.replaceAll("(?i)%2f", "/").replaceAll("(?i)%2e", ".");
            if (bare.contains("/")) {
              return Optional.of("cannot contain the `/` character and is \"" + text + "\"");
            }
            return bare.replace(".", "").isEmpty()
                ? Optional.of("cannot be empty or made of points only")
                : Optional.empty();
          });

  private static final Shape CACHE_ITEM =
      fields()
          .with(
              "key",
              either(
                  CACHE_KEY_TEXT,
                  ruled(
                      fields()
                          .with("files", list(text(), 1, 2))
                          .with("files_commits", list(text(), 1, 2))
                          .with("prefix", CACHE_KEY_TEXT)
                          .done(),
                      Keywords::filesOfKey)))
          .with("paths", TEXTS)
          .with(
              "policy",
              words(matching("pull-push|pull|push|\\$.+", "pull-push, pull or push", "pull-push")))
          .with("unprotect", yesNo())
          .with("untracked", yesNo())
          .with("when", oneOf("on_success", "on_failure", "always"))
          .with("fallback_keys", list(text(), 0, 5))
          .done();
  private static final Shape CACHE = either(CACHE_ITEM, list(CACHE_ITEM, 0, 4));

  private static final Shape WHENS =
      oneOf("on_success", "on_failure", "always", "never", "manual", "delayed");
  private static final Shape JOB_WHENS =
      ruled(
          WHENS,
          (node, path, problems) -> {
            var never = node instanceof Text(_, var word) && word.equals("never");
            if (never) {
              problems.error(
                  node.at(),
                  path + " should be one of: on_success, on_failure, always, manual, delayed",
                  "`never` has a meaning in `rules` only; start the job's name with a point");
            }
            return !never;
          });
  private static final Shape EXIT_CODE = number(Integer.MIN_VALUE, Integer.MAX_VALUE);
  private static final Shape EXIT_CODES = either(EXIT_CODE, set(EXIT_CODE, 1));
  private static final Shape ALLOW_FAILURE =
      either(yesNo(), fields().must("exit_codes", EXIT_CODES).done());

  private static final Shape PATHS_OR_REGEXP_CHANGES =
      ruled(
          fields()
              .with("paths", list(text(), 0, 50))
              .with("regexp", text(1, 255))
              .with("compare_to", text())
              .done(),
          Keywords::pathsOrRegexp);
  private static final Shape CHANGES = either(list(text(), 0, 50), PATHS_OR_REGEXP_CHANGES);
  private static final Shape EXISTS =
      either(
          list(text(), 0, 50),
          ruled(
              fields()
                  .with("paths", list(text(), 0, 50))
                  .with("regexp", text(1, 255))
                  .with("project", text(1, 255))
                  .with("ref", text())
                  .done(),
              (node, path, problems) ->
                  pathsOrRegexp(node, path, problems) && refOfProject(node, path, problems)));

  private static final Shape MATRIX_VALUE =
      ruled(
          word(),
          (node, path, problems) -> {
            if (node instanceof Node.Truth) {
              problems.error(
                  node.at(), path + " should be a text, a number or a list", "put it in quotes");
            }
            return !(node instanceof Node.Truth);
          });
  private static final Shape MATRIX =
      fields().must("matrix", list(map(either(MATRIX_VALUE, list(word()))), 0, 200)).done();
  private static final Shape NEED =
      either(
          text(1, 1_000),
          fields()
              .must("job", text(1, 1_000))
              .with("artifacts", yesNo())
              .with("optional", yesNo())
              .with("parallel", MATRIX)
              .done(),
          fields()
              .with("job", text(1, 1_000))
              .must("pipeline", text(1, 1_000))
              .with("artifacts", yesNo())
              .with("parallel", MATRIX)
              .done(),
          fields()
              .must("job", text(1, 1_000))
              .must("project", text(1, 1_000))
              .must("ref", text(1, 1_000))
              .with("artifacts", yesNo())
              .with("parallel", MATRIX)
              .done());
  private static final Shape NEEDS = list(NEED, 0, 50);
  private static final Shape RULE_NEEDS =
      list(
          either(
              text(1, 1_000),
              fields()
                  .must("job", text(1, 1_000))
                  .with("artifacts", yesNo())
                  .with("optional", yesNo())
                  .with("parallel", MATRIX)
                  .done()),
          0,
          50);

  private static final SequencedMap<String, Shape> RULE_CLAUSES = new LinkedHashMap<>();

  static {
    RULE_CLAUSES.put("if", text());
    RULE_CLAUSES.put("changes", CHANGES);
    RULE_CLAUSES.put("exists", EXISTS);
  }

  private static final Shape RULES =
      list(
          fields()
              .withAll(RULE_CLAUSES)
              .with("when", WHENS)
              .with("start_in", START_IN)
              .with("allow_failure", ALLOW_FAILURE)
              .with("variables", RULE_VARIABLES)
              .with("needs", RULE_NEEDS)
              .with("interruptible", yesNo())
              .done());
  static final Shape INCLUDE_RULES =
      list(fields().withAll(RULE_CLAUSES).with("when", oneOf("always", "never")).done());

  private static final Shape AUTO_CANCEL =
      fields()
          .with("on_job_failure", oneOf("none", "all"))
          .with("on_new_commit", oneOf("conservative", "interruptible", "none"))
          .done();
  private static final Shape WORKFLOW_RULES =
      list(
          fields()
              .withAll(RULE_CLAUSES)
              .with("when", oneOf("always", "never"))
              .with("variables", RULE_VARIABLES)
              .with("auto_cancel", AUTO_CANCEL)
              .done());

  private static final Shape REFS = list(ruled(text(), Keywords::checkRef));
  private static final Shape FILTER =
      either(
          REFS,
          fields()
              .with("refs", REFS)
              .with("variables", TEXTS)
              .with("changes", TEXTS)
              .with("kubernetes", oneOf("active"))
              .done());

  private static final Set<String> REPORT_KINDS =
      Set.of(
          "accessibility",
          "annotations",
          "api_fuzzing",
          "browser_performance",
          "cluster_image_scanning",
          "codequality",
          "container_scanning",
          "coverage_fuzzing",
          "cyclonedx",
          "dast",
          "dependency_scanning",
          "dotenv",
          "junit",
          "license_management",
          "license_scanning",
          "load_performance",
          "lsif",
          "metrics",
          "performance",
          "repository_xray",
          "requirements",
          "requirements_v2",
          "sarif",
          "sast",
          "secret_detection",
          "terraform");
  private static final Shape REPORTS = reports();

  private static Shape reports() {
    var reports = fields();
    REPORT_KINDS.stream().sorted().forEach(kind -> reports.with(kind, either(text(), TEXTS)));
    return reports
        .with(
            "coverage_report",
            fields()
                .must("coverage_format", oneOf("cobertura", "jacoco"))
                .must("path", text(1, 4096))
                .done())
        .done();
  }

  private static final Shape ARTIFACTS =
      ruled(
          fields()
              .with("paths", SOME_TEXTS)
              .with("exclude", SOME_TEXTS)
              .with("untracked", yesNo())
              .with("name", text())
              .with("when", oneOf("on_success", "on_failure", "always"))
              .with("expire_in", DURATION_OR_NEVER)
              .with("access", oneOf("all", "developer", "maintainer", "none"))
              .with("public", yesNo())
              .with("expose_as", text(1, 100))
              .with("reports", REPORTS)
              .done(),
          Keywords::checkExposed);

  private static final Shape RETRY_MOST = number(0, 2);
  private static final Shape RETRY_REASON = oneOf(RETRY_REASONS);
  private static final Shape RETRY =
      either(
          RETRY_MOST,
          fields()
              .with("max", RETRY_MOST)
              .with("when", either(RETRY_REASON, list(RETRY_REASON)))
              .with("exit_codes", either(EXIT_CODE, set(EXIT_CODE, 1)))
              .done());

  private static final Shape TAGS = list(text(1, 255), 0, 50);

  private static final Shape ENVIRONMENT_NAME =
      ruled(
          NAME,
          (node, path, problems) -> {
            var sound = EnvironmentName.valid(Trees.text(node));
            if (!sound) {
              problems.error(
                  node.at(),
                  path
                      + " can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'",
                  "choose another name");
            }
            return sound;
          });

  private static final Shape ENVIRONMENT =
      either(
          ENVIRONMENT_NAME,
          fields()
              .must("name", ENVIRONMENT_NAME)
              .with("url", text(1, 255))
              .with("action", oneOf("start", "prepare", "stop", "verify", "access"))
              .with("on_stop", NAME)
              .with("auto_stop_in", DURATION_OR_NEVER)
              .with(
                  "kubernetes",
                  fields()
                      .with("agent", text(1, 255))
                      .with("namespace", text(1, 255))
                      .with("flux_resource_path", text(1, 255))
                      .with("managed_resources", fields().with("enabled", yesNo()).done())
                      .with(
                          "dashboard",
                          fields()
                              .with("namespace", text(1, 255))
                              .with("flux_resource_path", text(1, 255))
                              .done())
                      .done())
              .with(
                  "deployment_tier",
                  oneOf("production", "staging", "testing", "development", "other"))
              .done());

  private static final Shape PROJECT_PATH =
      writtenAs(
          "the path of a project",
          "group/project",
          text ->
              PROJECT_FORM.matcher(text).find()
                  ? Optional.empty()
                  : Optional.of(
                      "should be the path of a project with its group and is \"" + text + "\""));
  private static final Shape YAML_PATH = yamlPath("");
  private static final Shape YAML_URL = yamlPath("https?://.+");

  private static Shape yamlPath(String form) {
    var pattern = Pattern.compile(form);
    return writtenAs(
        "the name of a YAML file",
        form.isEmpty() ? "ci/jobs.yml" : "https://example.org/ci.yml",
        text -> {
          if (text.contains("$")) {
            return Optional.empty(); // known when the variable is
          }
          if (!form.isEmpty() && !pattern.matches(text)) {
            return Optional.of("should be an http or https address and is \"" + text + "\"");
          }
          return text.endsWith(".yml") || text.endsWith(".yaml")
              ? Optional.empty()
              : Optional.of("does not have YAML extension: \"" + text + "\"");
        });
  }

  private static final Shape INPUTS =
      map("[a-zA-Z0-9_-]+", "a name of letters, digits, - and _", anything());
  private static final Shape FORWARD =
      fields().with("yaml_variables", yesNo()).with("pipeline_variables", yesNo()).done();
  private static final Shape STRATEGY = oneOf("depend", "mirror");
  private static final Shape CHILD =
      either(
          fields().must("local", YAML_PATH).with("inputs", INPUTS).done(),
          fields().must("template", YAML_PATH).with("inputs", INPUTS).done(),
          fields()
              .must("artifact", YAML_PATH)
              .must("job", text(1, 255))
              .with("inputs", INPUTS)
              .done(),
          fields()
              .must("project", PROJECT_PATH)
              .must("file", YAML_PATH)
              .with("ref", text(1, 255))
              .with("inputs", INPUTS)
              .done(),
          fields().must("component", text(1, 4_096)).with("inputs", INPUTS).done(),
          fields().must("remote", YAML_URL).with("inputs", INPUTS).done());
  private static final Shape TRIGGER =
      either(
          PROJECT_PATH,
          fields()
              .must("include", either(YAML_PATH, list(either(CHILD, YAML_PATH), 1, 3), CHILD))
              .with("strategy", STRATEGY)
              .with("forward", FORWARD)
              .done(),
          fields()
              .must("project", PROJECT_PATH)
              .with("branch", text(1, 1_000))
              .with("strategy", STRATEGY)
              .with("inputs", INPUTS)
              .with("forward", FORWARD)
              .done());

  private static final Shape RELEASED_AT =
      writtenAs(
          "a time",
          "2026-01-31T18:00:00Z",
          text -> {
            if (text.contains("$")) {
              return Optional.empty();
            }
            try {
              OffsetDateTime.parse(text);
              return Optional.empty();
            } catch (DateTimeParseException _) {
              return Optional.of("should be a time in ISO 8601 and is \"" + text + "\"");
            }
          });
  private static final Shape RELEASE =
      fields()
          .must("tag_name", text(1, 1_000))
          .must("description", text(1, Integer.MAX_VALUE))
          .with("tag_message", text())
          .with("name", text())
          .with("ref", text())
          .with("milestones", TEXTS)
          .with("released_at", RELEASED_AT)
          .with(
              "assets",
              fields()
                  .must(
                      "links",
                      list(
                          fields()
                              .must("name", text(1, 1_000))
                              .must("url", text(1, 4_096))
                              .with("filepath", text())
                              .with("link_type", oneOf("runbook", "package", "image", "other"))
                              .done(),
                          1,
                          1_000))
                  .done())
          .done();

  private static final Shape ID_TOKENS =
      map(fields().must("aud", either(text(), set(text(), 1))).done());
  private static final Shape SECRETS =
      map(
          ruled(
              fields()
                  .with(
                      "vault",
                      either(
                          text(),
                          fields()
                              .must(
                                  "engine",
                                  fields().must("name", text()).must("path", text()).done())
                              .must("path", text())
                              .must("field", text())
                              .done()))
                  .with(
                      "gcp_secret_manager",
                      fields()
                          .must("name", text())
                          .with("version", either(text(), number(0, Integer.MAX_VALUE)))
                          .done())
                  .with(
                      "azure_key_vault",
                      fields().must("name", text()).with("version", text()).done())
                  .with(
                      "aws_secrets_manager",
                      either(
                          text(),
                          fields()
                              .must("secret_id", text())
                              .with("version_id", text())
                              .with("version_stage", text())
                              .with("region", text())
                              .with("role_arn", text())
                              .with("role_session_name", text())
                              .with("field", text())
                              .done()))
                  .with(
                      "gitlab_secrets_manager",
                      fields()
                          .must("name", matching("[a-zA-Z0-9_]+", "a plain name", "db_password"))
                          .with("source", text())
                          .done())
                  .with("file", yesNo())
                  .with("token", text())
                  .done(),
              Keywords::checkSecret));

  private static Shape.FieldsBuilder input() {
    return fields()
        .with("type", oneOf("string", "number", "boolean", "array"))
        .with("description", text(0, 1_024))
        .with("default", anything())
        .with("options", list(word(), 0, 50))
        .with("regex", text());
  }

  private static final Shape INPUT_RULE =
      fields()
          .with("if", text())
          .with("options", list(word(), 0, 50))
          .with("default", anything())
          .done();
  private static final Shape JOB_INPUTS =
      ruled(
          map(
              "[a-zA-Z0-9_-]+",
              "a name of letters, digits, - and _",
              ruled(input().must("default", anything()).done(), Keywords::checkInput)),
          (node, path, problems) -> {
            var sound = ((Mapping) node).entries().size() <= 50;
            if (!sound) {
              problems.error(node.at(), path + " has more than 50 inputs", "use fewer");
            }
            return sound;
          });

  private static final Shape INHERIT =
      fields()
          .with("default", either(yesNo(), list(oneOf(DEFAULTS))))
          .with("variables", either(yesNo(), list(text())))
          .done();
  private static final Shape HOOKS = fields().with("pre_get_sources_script", SCRIPT).done();
  private static final Shape COVERAGE =
      writtenAs(
          "a pattern between slashes",
          "/Coverage: \\d+/",
          text -> {
            if (text.length() < 3 || !text.startsWith("/") || !text.endsWith("/")) {
              return Optional.of("must be a regular expression between slashes");
            }
            try {
              Pattern.compile(text.substring(1, text.length() - 1));
              return Optional.empty();
            } catch (PatternSyntaxException _) {
              return Optional.of("is not a pattern of RE2: " + text);
            }
          });
  private static final Shape PARALLEL = either(number(1, 200), MATRIX);
  private static final Shape PAGES =
      either(
          yesNo(),
          fields()
              .with("path_prefix", text())
              .with("expire_in", DURATION_OR_NEVER)
              .with("publish", text())
              .done());

  private static final String STEP_NAME = "[a-zA-Z_][a-zA-Z0-9_]*";
  private static final Shape STEP_ENV = map(STEP_NAME, "a name of letters, digits and _", text());
  private static final Shape STEP_SOURCE =
      either(
          text(),
          fields()
              .must(
                  "git",
                  fields()
                      .must("url", text())
                      .with("dir", text())
                      .must("rev", text())
                      .with("file", text())
                      .done())
              .done(),
          fields()
              .must(
                  "oci",
                  fields()
                      .must("registry", text())
                      .must("repository", text())
                      .must("tag", text())
                      .with("dir", text())
                      .with("file", text())
                      .done())
              .done());
  private static final Shape STEP =
      either(
          step().must("script", text(1, Integer.MAX_VALUE)).done(),
          step()
              .must("step", STEP_SOURCE)
              .with("inputs", map(STEP_NAME, "a name of letters, digits and _", anything()))
              .done(),
          step()
              .must("func", STEP_SOURCE)
              .with("inputs", map(STEP_NAME, "a name of letters, digits and _", anything()))
              .done());
  private static final Shape STEPS = list(STEP, 1, Integer.MAX_VALUE);

  private static Shape.FieldsBuilder step() {
    return fields()
        .must("name", words(matching(STEP_NAME, "a name of letters, digits and _", "build")))
        .with("env", STEP_ENV);
  }

  private static final SequencedMap<String, Keyword> JOB = new LinkedHashMap<>();

  private static void full(String name, Shape shape) {
    JOB.put(name, new Keyword(shape, Support.FULL, ""));
  }

  private static void kept(String name, Shape shape, String without) {
    JOB.put(name, new Keyword(shape, Support.KEPT, without));
  }

  private static void blocking(String name, Shape shape, String without) {
    JOB.put(name, new Keyword(shape, Support.BLOCKING, without));
  }

  static {
    full("stage", text(1, 255));
    full("script", FILLED_SCRIPT);
    full("before_script", SCRIPT);
    full("after_script", SCRIPT);
    full("extends", anything());
    full("inherit", INHERIT);
    full("variables", JOB_VARIABLES);
    full("rules", RULES);
    full("only", FILTER);
    full("except", FILTER);
    full("when", JOB_WHENS);
    full("start_in", START_IN);
    full("allow_failure", ALLOW_FAILURE);
    full("needs", NEEDS);
    full("dependencies", TEXTS);
    full("artifacts", ARTIFACTS);
    full("environment", ENVIRONMENT);
    full("retry", RETRY);
    full("timeout", DURATION);
    full("parallel", PARALLEL);
    full("image", IMAGE);
    full("services", SERVICES);
    full("trigger", TRIGGER);
    full("resource_group", NAME);
    full("interruptible", yesNo());
    full("manual_confirmation", text());
    full("cache", CACHE);
    full("tags", TAGS);
    kept("pages", PAGES, "the files are kept as artifacts, and no site is served");
    kept("coverage", COVERAGE, "no coverage is read from the log");
    kept("id_tokens", ID_TOKENS, "the job gets no such token");
    kept("secrets", SECRETS, "the job does not get these secrets");
    kept("release", RELEASE, "no GitLab release is made");
    kept("hooks", HOOKS, "the hook is not run");
    kept("inputs", JOB_INPUTS, "the job has no inputs");
    kept("identity", oneOf("google_cloud"), "the job gets no cloud identity");
    kept("publish", text(), "nothing is published");
    kept("dast_configuration", anything(), "nothing is configured");
    blocking("run", STEPS, "its steps are not run");
  }

  /// The keywords of a job by name.
  static SequencedMap<String, Keyword> job() {
    return Collections.unmodifiableSequencedMap(JOB);
  }

  /// Keywords without which a job would do something else than what is written.
  static Set<String> blocking() {
    return JOB.entrySet().stream()
        .filter(entry -> entry.getValue().support() == Support.BLOCKING)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Keywords that do the same as under `default:` when they stand at the top.
  static final List<String> TOP_DEFAULTS =
      List.of("image", "services", "cache", "before_script", "after_script");

  /// Keywords of a job that starts another pipeline.
  static final Set<String> BRIDGE =
      Set.of(
          "trigger",
          "stage",
          "rules",
          "only",
          "except",
          "variables",
          "inherit",
          "allow_failure",
          "when",
          "start_in",
          "needs",
          "resource_group",
          "environment",
          "interruptible",
          "extends",
          "parallel",
          "manual_confirmation",
          "dependencies");

  /// Keywords that [dev.fleetwright.core.pipeline.JobSpec] has no type for; it keeps their text.
  static final Set<String> UNTYPED =
      Set.of("identity", "inputs", "publish", "dast_configuration", "run");

  /// A key inside a keyword that has no effect, although the keyword has one.
  ///
  /// @param value only this value has none; empty for any
  record Part(String keyword, String key, String value, String without) {}

  static final List<Part> PARTS =
      List.of(
          new Part("artifacts", "public", "", "who sees the project may download them"),
          new Part("artifacts", "expose_as", "", "there are no merge requests to show them in"),
          new Part(
              "environment", "kubernetes", "", "targets are named in fleetwright.yml instead"));

  static final Shape STAGES = list(either(text(1, 255), list(text(1, 255))), 1, Integer.MAX_VALUE);
  static final Shape TOP_VARIABLES = GLOBAL_VARIABLES;
  static final Shape WORKFLOW =
      fields()
          .with("name", text(1, 255))
          .with("auto_cancel", AUTO_CANCEL)
          .with("rules", WORKFLOW_RULES)
          .done();
  private static final Shape SPEC_INPUT_MAP =
      ruled(input().with("rules", list(INPUT_RULE)).done(), Keywords::checkInput);

  /// `name:` alone is a text that must be given.
  private static final Shape SPEC_INPUT =
      ruled(
          anything(),
          (node, path, problems) ->
              node instanceof Nothing || SPEC_INPUT_MAP.check(node, path, problems));

  static final Shape SPEC =
      fields()
          .with("inputs", map("[a-zA-Z0-9_-]+", "a name of letters, digits, - and _", SPEC_INPUT))
          .with("component", anything())
          .with("include", anything())
          .done();

  /// Keys of the whole file that are not jobs.
  static final List<String> TOP =
      List.of(
          "stages",
          "variables",
          "default",
          "workflow",
          "include",
          "image",
          "services",
          "cache",
          "before_script",
          "after_script",
          "spec");

  private static final Shape INCLUDE_ITEM =
      either(
          text(1, 4_096),
          included().must("local", YAML_PATH).done(),
          included()
              .must("project", PROJECT_PATH)
              .must("file", either(YAML_PATH, list(YAML_PATH, 1, 150)))
              .with("ref", text())
              .done(),
          included().must("template", YAML_PATH).done(),
          included().must("component", text(1, 4_096)).done(),
          included()
              .must("remote", YAML_URL)
              .with(
                  "integrity",
                  words(matching("sha256-[A-Za-z0-9+/]{43}=", "a SHA-256 in base64", "sha256-…=")))
              .done());

  private static Shape.FieldsBuilder included() {
    return fields().with("rules", INCLUDE_RULES).with("inputs", INPUTS);
  }

  static final Shape INCLUDE = either(INCLUDE_ITEM, list(INCLUDE_ITEM));

  /// One file of a child pipeline.
  static final Shape CHILD_PART = CHILD;

  private static boolean checkScript(Node node, String path, Problems problems) {
    if (node instanceof Text) {
      return true;
    }
    if (!(node instanceof Sequence sequence)) {
      problems.error(
          node.at(),
          path
              + " should be a text or a nested list of texts up to "
              + DEEPEST_SCRIPT
              + " levels deep and is "
              + node.described(),
          "write one command a line, each after `- `");
      return false;
    }
    return checkLines(sequence, path, 1, problems);
  }

  private static boolean checkLines(Sequence lines, String path, int depth, Problems problems) {
    if (depth > DEEPEST_SCRIPT) {
      problems.error(
          lines.at(),
          path + " nests lists more than " + DEEPEST_SCRIPT + " levels deep",
          "write the commands as one list");
      return false;
    }
    var sound = true;
    for (var line : lines.items()) {
      switch (line) {
        case Text _ -> {}
        case Sequence inner -> sound &= checkLines(inner, path, depth + 1, problems);
        case Mapping mapping -> {
          problems.error(
              mapping.at(),
              path + " has a line that YAML reads as a map, because of `: ` in it",
              "put the whole line in quotes");
          sound = false;
        }
        case Node other -> {
          problems.error(
              other.at(),
              path + " has a line that is " + other.described() + " and not a text",
              "put the line in quotes");
          sound = false;
        }
      }
    }
    return sound;
  }

  private static boolean checkVariable(Node node, String path, Problems problems) {
    if (node instanceof Node.Scalar) {
      return true;
    }
    problems.error(
        node.at(),
        path + " should be a text or a number and is " + node.described(),
        "write one value, or a map with `value`");
    return false;
  }

  private static boolean checkOptions(Node node, String path, Problems problems) {
    var sound = true;
    for (var entry : ((Mapping) node).entries().values()) {
      if (entry.value() instanceof Mapping variable
          && variable.get("options").orElse(null) instanceof Sequence(_, var options)
          && variable.get("value").orElse(null) instanceof Node.Scalar value
          && options.stream()
              .noneMatch(o -> o instanceof Node.Scalar s && s.text().equals(value.text()))) {
        problems.error(
            value.at(),
            path + ":" + entry.key() + " has a value that is not among its options",
            "use one of its options");
        sound = false;
      }
    }
    return sound;
  }

  private static boolean checkRef(Node node, String path, Problems problems) {
    var text = ((Text) node).text();
    var sound =
        !text.startsWith("/")
            || text.lastIndexOf('/') < 1
            || Expression.Regex.of(
                    text.substring(
                        0,
                        text.lastIndexOf('@') > text.lastIndexOf('/')
                            ? text.lastIndexOf('@')
                            : text.length()))
                .isPresent();
    if (!sound) {
      problems.error(
          node.at(),
          path + ": `" + text + "` is not a pattern of RE2",
          "RE2 has no look-ahead and no back-references");
    }
    return sound;
  }

  private static boolean checkSecret(Node node, String path, Problems problems) {
    var secret = (Mapping) node;
    var providers =
        secret.entries().keySet().stream()
            .filter(key -> !key.equals("file") && !key.equals("token"))
            .count();
    if (providers != 1) {
      problems.error(
          node.at(),
          path + (providers == 0 ? " names no provider" : " names more than one provider"),
          "write one, for example `vault: path/field`");
      return false;
    }
    if (secret.get("gcp_secret_manager").isPresent() && secret.get("token").isEmpty()) {
      problems.error(
          node.at(),
          path + " should have the key token, as gcp_secret_manager needs one",
          "add `token: $NAME` with a name of `id_tokens`");
      return false;
    }
    return true;
  }

  private static boolean checkExposed(Node node, String path, Problems problems) {
    var artifacts = (Mapping) node;
    var name = artifacts.get("expose_as").orElse(null);
    if (!(name instanceof Text(var at, var text))) {
      return true;
    }
    var paths = Trees.at(artifacts, "paths").map(Trees::texts).orElse(List.of());
    if (!EXPOSED_NAME.matches(text)) {
      problems.error(
          at,
          path + ":expose_as can contain only letters, digits, '-', '_' and spaces",
          "shorten it to such a name");
      return false;
    }
    if (paths.isEmpty() || paths.stream().anyMatch(written -> written.contains("*"))) {
      problems.error(
          at, path + ":expose_as needs `paths`, and none of them with `*`", "name the files");
      return false;
    }
    return true;
  }

  private static boolean filesOfKey(Node node, String path, Problems problems) {
    var key = (Mapping) node;
    var sound = key.get("files").isPresent() != key.get("files_commits").isPresent();
    if (!sound) {
      problems.error(
          node.at(), path + " needs either `files` or `files_commits`", "keep one of the two");
    }
    return sound;
  }

  private static boolean refOfProject(Node node, String path, Problems problems) {
    var map = (Mapping) node;
    var sound = map.get("ref").isEmpty() || map.get("project").isPresent();
    if (!sound) {
      problems.error(map.at(), path + " has a `ref` without a `project`", "add `project`");
    }
    return sound;
  }

  /// A text that a parser accepts; what YAML reads as a number or as true is none.
  private static Shape writtenAs(
      String described, String example, Function<String, Optional<String>> complaint) {
    return words(parsed(described, example, complaint));
  }

  private static Shape words(Shape shape) {
    return ruled(
        shape,
        (node, path, problems) -> {
          if (!(node instanceof Text)) {
            problems.error(
                node.at(),
                path + " should be a text and is " + node.described(),
                "put it in quotes");
          }
          return node instanceof Text;
        });
  }

  private static boolean pathsOrRegexp(Node node, String path, Problems problems) {
    var map = (Mapping) node;
    var sound = map.get("paths").isPresent() != map.get("regexp").isPresent();
    if (!sound) {
      problems.error(map.at(), path + " needs either `paths` or `regexp`", "keep one of the two");
    }
    return sound;
  }

  private static boolean checkInput(Node node, String path, Problems problems) {
    var input = (Mapping) node;
    if (input.get("rules").isPresent()) {
      for (var key : List.of("options", "default")) {
        if (input.get(key).isPresent()) {
          problems.error(
              node.at(), path + " has both `rules` and `" + key + "`", "say it in the rules");
          return false;
        }
      }
    }
    var preset = input.get("default").orElse(new Nothing(node.at()));
    var type =
        input.get("type").orElse(new Nothing(node.at())) instanceof Text(_, var word)
            ? word
            : "string";
    var sound =
        preset instanceof Nothing
            || switch (type) {
              case "number" -> preset instanceof Node.Whole || preset instanceof Node.Fraction;
              case "boolean" -> preset instanceof Node.Truth;
              case "array" -> preset instanceof Sequence;
              default -> preset instanceof Text;
            };
    if (!sound) {
      problems.error(
          preset.at(),
          path + ":default should be a " + type + " and is " + preset.described(),
          "correct the default or the type");
    }
    return sound;
  }
}
