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

import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Shape;
import dev.fleetwright.pipeline.shape.SpokenDuration;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Nothing;
import dev.fleetwright.pipeline.yaml.Node.Sequence;
import dev.fleetwright.pipeline.yaml.Node.Text;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

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

  private static final Shape NAME = text(1, 255);
  private static final Shape DURATION =
      parsed(
          "a duration",
          "1 hour 30 minutes",
          text ->
              SpokenDuration.parse(text).isPresent()
                  ? Optional.empty()
                  : Optional.of("should be a duration and is \"" + text + "\""));
  private static final Shape DURATION_OR_NEVER =
      parsed(
          "a duration or never",
          "1 week",
          text ->
              text.equals("never") || text.startsWith("$") || SpokenDuration.parse(text).isPresent()
                  ? Optional.empty()
                  : Optional.of("should be a duration or `never` and is \"" + text + "\""));
  private static final Shape START_IN =
      parsed(
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
  private static final Shape KUBERNETES_USER = fields().with("user", word()).done();
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
  private static final Shape GLOBAL_VARIABLES =
      ruled(
          map(
              either(
                  VARIABLE_NAME_VALUE,
                  fields()
                      .with("value", word())
                      .with("description", text())
                      .with("options", set(word(), 1))
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
                  .with("command", either(text(), SOME_TEXTS))
                  .with("variables", JOB_VARIABLES)
                  .with("docker", DOCKER)
                  .with("kubernetes", KUBERNETES_USER)
                  .with("pull_policy", PULL_POLICY)
                  .done()));

  private static final Shape CACHE_ITEM =
      fields()
          .with(
              "key",
              either(
                  text(),
                  fields()
                      .with("files", list(text(), 1, 2))
                      .with("files_commits", list(text(), 1, 2))
                      .with("prefix", text())
                      .done()))
          .with("paths", TEXTS)
          .with(
              "policy", matching("pull-push|pull|push|\\$.*", "pull-push, pull, push", "pull-push"))
          .with("unprotect", yesNo())
          .with("untracked", yesNo())
          .with("when", oneOf("on_success", "on_failure", "always"))
          .with("fallback_keys", list(text(), 0, 5))
          .done();
  private static final Shape CACHE = either(CACHE_ITEM, list(CACHE_ITEM, 0, 4));

  private static final Shape WHENS =
      oneOf("on_success", "on_failure", "always", "never", "manual", "delayed");
  private static final Shape EXIT_CODE = number(0, Integer.MAX_VALUE);
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
              Keywords::pathsOrRegexp));

  private static final Shape MATRIX =
      fields().must("matrix", list(map(either(word(), list(word()))), 0, 200)).done();
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
              .with("allow_failure", yesNo())
              .with("variables", JOB_VARIABLES)
              .with("needs", NEEDS)
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
              .with("variables", JOB_VARIABLES)
              .with("auto_cancel", AUTO_CANCEL)
              .done());

  private static final Shape FILTER =
      either(
          TEXTS,
          fields()
              .with("refs", TEXTS)
              .with("variables", TEXTS)
              .with("changes", TEXTS)
              .with("kubernetes", oneOf("active"))
              .done());

  private static final Shape REPORTS =
      ruled(
          map(
              either(
                  text(),
                  TEXTS,
                  fields()
                      .with("coverage_format", oneOf("cobertura", "jacoco"))
                      .with("path", text(1, 4096))
                      .done())),
          Keywords::checkReports);
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
          "coverage_report",
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
  private static final Shape ARTIFACTS =
      fields()
          .with("paths", TEXTS)
          .with("exclude", TEXTS)
          .with("untracked", yesNo())
          .with("name", text())
          .with("when", oneOf("on_success", "on_failure", "always"))
          .with("expire_in", DURATION_OR_NEVER)
          .with("access", oneOf("all", "developer", "maintainer", "none"))
          .with("public", yesNo())
          .with("expose_as", text(1, 100))
          .with("reports", REPORTS)
          .done();

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

  private static final Shape ENVIRONMENT =
      either(
          NAME,
          fields()
              .must("name", NAME)
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

  private static final Shape INPUTS =
      map("[a-zA-Z0-9_-]+", "a name of letters, digits, - and _", anything());
  private static final Shape FORWARD =
      fields().with("yaml_variables", yesNo()).with("pipeline_variables", yesNo()).done();
  private static final Shape STRATEGY = oneOf("depend", "mirror");
  private static final Shape CHILD =
      either(
          fields().must("local", text()).with("inputs", INPUTS).done(),
          fields().must("template", text()).with("inputs", INPUTS).done(),
          fields().must("artifact", text()).must("job", text()).with("inputs", INPUTS).done(),
          fields()
              .must("project", text())
              .must("file", text())
              .with("ref", text(1, 255))
              .with("inputs", INPUTS)
              .done(),
          fields().must("component", text()).with("inputs", INPUTS).done(),
          fields().must("remote", text()).with("inputs", INPUTS).done());
  private static final Shape TRIGGER =
      either(
          text(1, 1_000),
          fields()
              .must("include", either(text(), list(CHILD, 1, 3), CHILD))
              .with("strategy", STRATEGY)
              .with("forward", FORWARD)
              .with("inputs", INPUTS)
              .done(),
          fields()
              .must("project", text(1, 1_000))
              .with("branch", text(1, 1_000))
              .with("strategy", STRATEGY)
              .with("inputs", INPUTS)
              .with("forward", FORWARD)
              .done());

  private static final Shape RELEASE =
      fields()
          .must("tag_name", text(1, 1_000))
          .must("description", text(1, Integer.MAX_VALUE))
          .with("tag_message", text())
          .with("name", text())
          .with("ref", text())
          .with("milestones", TEXTS)
          .with("released_at", text())
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
                      fields().must("name", text()).with("version", word()).done())
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
              (node, path, problems) -> {
                var provided =
                    ((Mapping) node)
                        .entries().keySet().stream()
                            .anyMatch(key -> !key.equals("file") && !key.equals("token"));
                if (!provided) {
                  problems.error(
                      node.at(),
                      path + " names no provider",
                      "add for example `vault: path/field`");
                }
                return provided;
              }));

  private static final Shape INHERIT =
      fields()
          .with("default", either(yesNo(), list(text())))
          .with("variables", either(yesNo(), list(text())))
          .done();
  private static final Shape HOOKS = fields().with("pre_get_sources_script", SCRIPT).done();
  private static final Shape COVERAGE =
      matching("(?s)/.+/", "a pattern between slashes", "/Coverage: \\d+/");
  private static final Shape PARALLEL = either(number(1, 200), MATRIX);
  private static final Shape PAGES =
      either(
          yesNo(),
          fields()
              .with("path_prefix", text())
              .with("expire_in", DURATION_OR_NEVER)
              .with("publish", text())
              .done());

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
    full("when", WHENS);
    full("start_in", START_IN);
    full("allow_failure", ALLOW_FAILURE);
    full("needs", NEEDS);
    full("dependencies", TEXTS);
    full("artifacts", ARTIFACTS);
    full("environment", ENVIRONMENT);
    full("retry", RETRY);
    full("timeout", DURATION);
    full("parallel", PARALLEL);
    full("resource_group", NAME);
    full("interruptible", yesNo());
    full("pages", PAGES);
    kept("tags", TAGS, "jobs run on this server whatever their tags");
    kept("image", IMAGE, "jobs run on the host, which must have the tools that the image has");
    kept("services", SERVICES, "no service is started beside the job");
    kept("cache", CACHE, "every job starts without a cache");
    kept("coverage", COVERAGE, "no coverage is read from the log");
    kept("manual_confirmation", text(), "nothing is asked before a manual job is started");
    kept("id_tokens", ID_TOKENS, "the job gets no such token");
    kept("secrets", SECRETS, "the job does not get these secrets");
    kept("release", RELEASE, "no GitLab release is made");
    kept("hooks", HOOKS, "the hook is not run");
    kept("inputs", map(anything()), "the job has no inputs");
    kept("identity", oneOf("google_cloud"), "the job gets no cloud identity");
    kept("publish", text(), "nothing is published");
    kept("dast_configuration", anything(), "nothing is configured");
    blocking("trigger", TRIGGER, "no pipeline is started by it");
    blocking("run", list(anything()), "its steps are not run");
  }

  /// The keywords of a job by name.
  static SequencedMap<String, Keyword> job() {
    return Collections.unmodifiableSequencedMap(JOB);
  }

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

  static final Shape STAGES = list(either(text(1, 255), list(text(1, 255))));
  static final Shape TOP_VARIABLES = GLOBAL_VARIABLES;
  static final Shape WORKFLOW =
      fields()
          .with("name", text(1, 255))
          .with("auto_cancel", AUTO_CANCEL)
          .with("rules", WORKFLOW_RULES)
          .done();
  static final Shape SPEC =
      fields()
          .with(
              "inputs",
              map(
                  ruled(
                      fields()
                          .with("type", oneOf("string", "number", "boolean", "array"))
                          .with("description", text())
                          .with("default", anything())
                          .with("options", list(anything()))
                          .with("regex", text())
                          .with("rules", list(map(anything())))
                          .done(),
                      Keywords::checkInput)))
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
          fields()
              .must("local", text(1, 4_096))
              .with("rules", INCLUDE_RULES)
              .with("inputs", INPUTS)
              .done(),
          fields()
              .must("project", text(1, 4_096))
              .must("file", either(text(1, 4_096), list(text(1, 4_096), 1, 150)))
              .with("ref", text())
              .with("rules", INCLUDE_RULES)
              .with("inputs", INPUTS)
              .done(),
          fields()
              .must("template", text(1, 4_096))
              .with("rules", INCLUDE_RULES)
              .with("inputs", INPUTS)
              .done(),
          fields()
              .must("component", text(1, 4_096))
              .with("rules", INCLUDE_RULES)
              .with("inputs", INPUTS)
              .done(),
          fields()
              .must(
                  "remote",
                  matching(
                      "(https?://|\\$).+", "an http or https URL", "https://example.org/ci.yml"))
              .with(
                  "integrity",
                  matching("sha256-[A-Za-z0-9+/]{43}=", "a SHA-256 in base64", "sha256-…="))
              .with("rules", INCLUDE_RULES)
              .with("inputs", INPUTS)
              .done());
  static final Shape INCLUDE = either(INCLUDE_ITEM, list(INCLUDE_ITEM));

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

  private static boolean checkReports(Node node, String path, Problems problems) {
    var sound = true;
    for (var entry : ((Mapping) node).entries().values()) {
      if (!REPORT_KINDS.contains(entry.key())) {
        Shape.unknownKey(entry, path, REPORT_KINDS, problems);
        sound = false;
      }
    }
    return sound;
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
