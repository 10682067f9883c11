package dev.fleetwright.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.api.Json;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec.Expiry;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec.Keep;
import dev.fleetwright.core.pipeline.Workplace.Image;
import dev.fleetwright.core.pipeline.Workplace.PullPolicy;
import dev.fleetwright.core.pipeline.Workplace.SecretRequest;
import dev.fleetwright.core.pipeline.Workplace.Service;
import dev.fleetwright.server.operations.Assignment;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A job as GitLab's runner is told of it (contract 2d.3).
final class JobPayload {

  /// What may be told of a failure; the runner uses no other word.
  static final List<String> FAILURE_REASONS =
      List.of(
          "unknown_failure",
          "script_failure",
          "runner_system_failure",
          "job_execution_timeout",
          "image_pull_failure",
          "runner_unsupported",
          "runner_configuration_error",
          "runner_external_dependency_failure",
          "runner_interrupted");

  /// Beginnings of tokens that the runner masks wherever it sees them.
  private static final List<String> TOKEN_PREFIXES = List.of("glpat-", "glrt-", "glcbt-", "fw_");

  /// GitLab's own for projects that say nothing.
  private static final int USUAL_DEPTH = 20;

  private static final String NO_COMMIT = "0".repeat(40);

  private final Assignment assignment;
  private final Map<String, String> variables = new TreeMap<>();
  private final Set<String> references;

  /// @param references branches and tags that there are, by full name
  private JobPayload(Assignment assignment, Set<String> references) {
    this.assignment = assignment;
    this.references = references;
    assignment.variables().forEach(v -> variables.put(v.key(), v.value()));
  }

  static JsonNode of(Assignment assignment, Set<String> references) {
    return new JobPayload(assignment, references).write();
  }

  private JsonNode write() {
    var job = assignment.job();
    var spec = job.spec();
    var all = object();
    all.put("id", job.id());
    all.put("token", assignment.token().reveal());
    all.put("allow_git_fetch", true);
    all.set("job_info", jobInfo());
    all.set("git_info", gitInfo());
    all.putObject("runner_info").put("timeout", assignment.taken().timeout().toSeconds());
    all.putArray("inputs");
    variables(all.putArray("variables"));
    steps(all.putArray("steps"));
    spec.workplace().image().ifPresent(image -> all.set("image", image(image)));
    var services = all.putArray("services");
    spec.workplace().services().forEach(service -> services.add(service(service)));
    var artifacts = all.putArray("artifacts");
    spec.artifacts().forEach(artifact -> artifacts.add(artifact(artifact)));
    var caches = all.putArray("cache");
    assignment.caches().forEach(cache -> caches.add(cache(cache)));
    all.putArray("credentials");
    var dependencies = all.putArray("dependencies");
    assignment.sources().forEach(source -> dependencies.add(dependency(source)));
    all.set("features", features());
    var secrets = all.putObject("secrets");
    spec.workplace().secrets().forEach((name, secret) -> secret(secrets, name, secret));
    hooks(all.putArray("hooks"), spec.workplace().beforeSources());
    all.putObject("policy_options").put("execution_policy_job", false);
    return all;
  }

  private ObjectNode jobInfo() {
    var job = assignment.job();
    var project = assignment.pipeline().project().value();
    var info = object();
    info.put("id", job.id());
    info.put("name", job.spec().name());
    info.put("stage", job.spec().stage());
    info.put("project_id", Long.parseLong(variables.getOrDefault("CI_PROJECT_ID", "0")));
    info.put("project_name", project);
    info.put("project_full_path", project);
    info.put("pipeline_id", assignment.pipeline().id());
    info.put("time_in_queue_seconds", 0);
    info.put(
        "project_jobs_running_on_instance_runners_count", Integer.toString(assignment.others()));
    return info;
  }

  private ObjectNode gitInfo() {
    var pipeline = assignment.pipeline();
    var info = object();
    info.put("repo_url", variables.getOrDefault("CI_REPOSITORY_URL", ""));
    info.put("ref", pipeline.ref());
    info.put("sha", pipeline.sha().value());
    info.put("before_sha", variables.getOrDefault("CI_COMMIT_BEFORE_SHA", NO_COMMIT));
    info.put("ref_type", pipeline.tag() ? "tag" : "branch");
    var depth = depth();
    var refspecs = info.putArray("refspecs");
    // Keeps the commit within reach when its branch has moved on or is gone.
    var own = pipelineRef(pipeline.id());
    refspecs.add("+" + own + ":" + own);
    if (depth == 0) {
      refspecs.add("+refs/heads/*:refs/remotes/origin/*").add("+refs/tags/*:refs/tags/*");
    } else if (pipeline.tag() && references.contains("refs/tags/" + pipeline.ref())) {
      refspecs.add("+refs/tags/" + pipeline.ref() + ":refs/tags/" + pipeline.ref());
    } else if (!pipeline.tag() && references.contains("refs/heads/" + pipeline.ref())) {
      refspecs.add("+refs/heads/" + pipeline.ref() + ":refs/remotes/origin/" + pipeline.ref());
    }
    info.put("depth", depth);
    info.put("repo_object_format", "sha1");
    info.put("protected", assignment.order().trusted());
    return info;
  }

  /// The reference under which a pipeline's commit can be fetched.
  static String pipelineRef(long pipeline) {
    return "refs/pipelines/" + pipeline;
  }

  private int depth() {
    var said = variables.getOrDefault("GIT_DEPTH", "");
    return said.matches("\\d{1,9}") ? Integer.parseInt(said) : USUAL_DEPTH;
  }

  private void variables(ArrayNode all) {
    for (var variable : assignment.variables()) {
      all.addObject()
          .put("key", variable.key())
          .put("value", variable.value())
          .put("public", !variable.secret())
          .put("masked", variable.secret())
          .put("file", false)
          .put("raw", variable.raw());
    }
  }

  private void steps(ArrayNode steps) {
    var spec = assignment.job().spec();
    step(steps, "script", spec.script(), "on_success", false);
    if (!spec.afterScript().isEmpty()) {
      step(steps, "after_script", spec.afterScript(), "always", true);
    }
  }

  private void step(
      ArrayNode steps, String name, List<String> lines, String when, boolean allowFailure) {
    var step = steps.addObject().put("name", name);
    var script = step.putArray("script");
    lines.forEach(script::add);
    step.put("timeout", assignment.taken().timeout().toSeconds())
        .put("when", when)
        .put("allow_failure", allowFailure);
  }

  private static ObjectNode image(Image image) {
    var all = object().put("name", image.name());
    texts(all.putArray("entrypoint"), image.entrypoint());
    pull(all, image);
    return all;
  }

  private static void pull(ObjectNode all, Image image) {
    if (!image.pullPolicies().isEmpty()) {
      var policies = all.putArray("pull_policy");
      image.pullPolicies().forEach(p -> policies.add(policy(p)));
    }
    var options = all.putObject("executor_opts");
    if (image.platform().isPresent() || image.user().isPresent()) {
      var docker = options.putObject("docker");
      image.platform().ifPresent(p -> docker.put("platform", p));
      image.user().ifPresent(u -> docker.put("user", u));
    }
    image.kubernetesUser().ifPresent(u -> options.putObject("kubernetes").put("user", u));
  }

  private static String policy(PullPolicy policy) {
    return switch (policy) {
      case ALWAYS -> "always";
      case NEVER -> "never";
      case IF_NOT_PRESENT -> "if-not-present";
    };
  }

  private static ObjectNode service(Service service) {
    var all = object().put("name", service.image().name());
    all.put("alias", String.join(" ", service.aliases()));
    texts(all.putArray("entrypoint"), service.image().entrypoint());
    texts(all.putArray("command"), service.command());
    pull(all, service.image());
    var variables = all.putArray("variables");
    service
        .variables()
        .forEach((key, value) ->
            variables
                .addObject()
                .put("key", key)
                .put("value", value)
                .put("public", true)
                .put("masked", false)
                .put("file", false)
                .put("raw", false));
    return all;
  }

  private static ObjectNode artifact(ArtifactSpec artifact) {
    var all = object();
    all.put(
        "name",
        artifact.name().orElseGet(() -> artifact.report().map(JobPayload::fileName).orElse("")));
    all.put("untracked", artifact.untracked());
    texts(all.putArray("paths"), artifact.paths());
    texts(all.putArray("exclude"), artifact.exclude());
    all.put("when", when(artifact.when()));
    switch (artifact.expiry()) {
      case Expiry.After(var time) -> all.put("expire_in", time.toSeconds() + " seconds");
      case Expiry.Never _ -> all.put("expire_in", "never");
      // This server knows, and it is this server that drops them.
      case Expiry.Usual _ -> {}
    }
    all.put("artifact_type", artifact.report().orElse("archive"));
    all.put("artifact_format", artifact.report().isPresent() ? "gzip" : "zip");
    return all;
  }

  private static String fileName(String report) {
    return switch (report) {
      case "dotenv" -> ".env";
      case "junit" -> "junit.xml";
      default -> report;
    };
  }

  private static String when(Keep when) {
    return when.name().toLowerCase(Locale.ROOT);
  }

  private static ObjectNode cache(Assignment.KeyedCache keyed) {
    var cache = keyed.cache();
    var all = object().put("key", keyed.key());
    texts(all.putArray("paths"), cache.paths());
    all.put("untracked", cache.untracked());
    all.put(
        "policy",
        switch (cache.policy()) {
          case PULL_PUSH -> "pull-push";
          case PULL -> "pull";
          case PUSH -> "push";
        });
    all.put("when", when(cache.when()));
    texts(all.putArray("fallback_keys"), keyed.fallbackKeys());
    return all;
  }

  /// The job's own token opens what it needs: that of the job that left the files is worth nothing
  /// any more.
  private ObjectNode dependency(Job source) {
    var size =
        source.artifacts().stream()
            .mapToLong(e -> e instanceof TreeEntry.File file ? file.size() : 0)
            .sum();
    var all =
        object()
            .put("id", source.id())
            .put("token", assignment.token().reveal())
            .put("name", source.spec().name());
    all.putObject("artifacts_file").put("filename", "artifacts.zip").put("size", size);
    return all;
  }

  private static ObjectNode features() {
    var all = object().put("trace_sections", true);
    texts(all.putArray("token_mask_prefixes"), TOKEN_PREFIXES);
    texts(all.putArray("failure_reasons"), FAILURE_REASONS);
    return all;
  }

  /// The runner logs in to the vault itself, so this says where and how.
  private void secret(ObjectNode secrets, String name, SecretRequest secret) {
    if (!(secret.provider()
        instanceof SecretRequest.Provider.Vault(var engine, var mount, var path, var field))) {
      return;
    }
    var all = secrets.putObject(name);
    var vault = all.putObject("vault");
    var server = vault.putObject("server");
    server.put("url", variables.getOrDefault("VAULT_SERVER_URL", ""));
    server.put("namespace", variables.getOrDefault("VAULT_NAMESPACE", ""));
    var auth = server.putObject("auth");
    auth.put("name", "jwt").put("path", variables.getOrDefault("VAULT_AUTH_PATH", "jwt"));
    auth.putObject("data")
        .put("jwt", secret.token().orElse(""))
        .put("role", variables.getOrDefault("VAULT_AUTH_ROLE", ""));
    vault.putObject("engine").put("name", engine).put("path", mount);
    vault.put("path", path).put("field", field);
    all.put("file", secret.file());
  }

  private static void hooks(ArrayNode hooks, List<String> beforeSources) {
    if (!beforeSources.isEmpty()) {
      var hook = hooks.addObject().put("name", "pre_get_sources_script");
      texts(hook.putArray("script"), beforeSources);
    }
  }

  private static void texts(ArrayNode list, List<String> texts) {
    texts.forEach(list::add);
  }

  private static ObjectNode object() {
    return Json.strict().createObjectNode();
  }
}
