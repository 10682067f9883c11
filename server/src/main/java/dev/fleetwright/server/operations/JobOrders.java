package dev.fleetwright.server.operations;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobExecutor.JobOrder;
import dev.fleetwright.core.pipeline.JobSpec.EnvironmentSpec;
import dev.fleetwright.core.pipeline.JobSpec.Need;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.pipeline.gitlab.Layers;
import dev.fleetwright.pipeline.gitlab.PredefinedVariables;
import dev.fleetwright.pipeline.variable.Variable;
import dev.fleetwright.pipeline.variable.VariableExpansion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Puts together what a job's script sees: variables in GitLab's order of precedence (contract
/// 2a.7) and the artifacts of the jobs before it.
public final class JobOrders {

  private static final Duration USUAL_TIMEOUT = Duration.ofHours(1);

  private final Projects projects;
  private final Contexts contexts;
  private final ForeignNeeds foreign;

  JobOrders(Projects projects, Contexts contexts, ForeignNeeds foreign) {
    this.projects = projects;
    this.contexts = contexts;
    this.foreign = foreign;
  }

  JobOrder order(Pipeline pipeline, Job job, List<Job> jobs) {
    var from = all(pipeline, job, jobs);
    return new JobOrder(
        job.id(),
        pipeline.project(),
        pipeline.sha(),
        pipeline.ref(),
        isProtected(pipeline),
        job.spec(),
        files(from),
        environment(pipeline, job, from),
        List.of(),
        job.spec().timeout().orElse(USUAL_TIMEOUT));
  }

  /// Asked of the project and not of `CI_COMMIT_REF_PROTECTED`, which a run may be given.
  boolean isProtected(Pipeline pipeline) {
    return Contexts.isProtected(
        projects.find(pipeline.project()).orElseThrow(), pipeline.ref(), pipeline.tag());
  }

  /// The jobs whose files a job gets, in the order in which they are laid out.
  List<Job> sources(Pipeline pipeline, Job job, List<Job> jobs) {
    return all(pipeline, job, jobs).stream().filter(other -> !other.artifacts().isEmpty()).toList();
  }

  /// What a job's script saw, or would see now, without what only its executor knows.
  SortedMap<String, String> variables(Pipeline pipeline, Job job, List<Job> jobs) {
    return environment(pipeline, job, all(pipeline, job, jobs));
  }

  /// Jobs of other pipelines first: what this one made counts more.
  private List<Job> all(Pipeline pipeline, Job job, List<Job> jobs) {
    var all = new ArrayList<>(foreign.jobs(pipeline, job));
    all.addAll(from(pipeline, job, jobs));
    return all;
  }

  /// Artifacts come from the needed jobs that do not say `artifacts: false`; without `needs`, from
  /// those that `dependencies` names, or from all of earlier stages.
  static List<Job> from(Pipeline pipeline, Job job, List<Job> jobs) {
    var spec = job.spec();
    var stage = pipeline.stages().indexOf(spec.stage());
    return jobs.stream()
        .filter(other ->
            spec.needs()
                .map(needs ->
                    needs.stream()
                        .filter(Need::artifacts)
                        .anyMatch(n -> n.job().equals(other.spec().name())))
                .or(() -> spec.artifactsFrom().map(f -> f.contains(other.spec().name())))
                .orElse(pipeline.stages().indexOf(other.spec().stage()) < stage))
        .toList();
  }

  /// The files of all jobs, later jobs over earlier ones: also where one made a file of what was a
  /// folder, or the other way round.
  private static List<TreeEntry> files(List<Job> from) {
    var byPath = new TreeMap<String, TreeEntry>();
    for (var job : from) {
      for (var entry : job.artifacts()) {
        var path = entry.path();
        // `0` follows `/`: this is what lies below.
        byPath.subMap(path + "/", path + "0").clear();
        for (var slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
          byPath.remove(path.substring(0, slash));
        }
        byPath.put(path, entry);
      }
    }
    return List.copyOf(byPath.values());
  }

  private SortedMap<String, String> environment(Pipeline pipeline, Job job, List<Job> from) {
    var all = new TreeMap<String, String>();
    var project = projects.find(pipeline.project()).orElseThrow();
    var context = contexts.of(project, pipeline);
    put(all, PredefinedVariables.of(context));
    put(
        all,
        PredefinedVariables.ofRun(
            pipeline.id(),
            pipeline.number(),
            url(pipeline),
            pipeline.createdAt().toString(),
            pipeline.name()));
    ofJob(all, pipeline, job);
    var dotenv = new TreeMap<String, String>();
    from.forEach(j -> dotenv.putAll(j.dotenv()));
    var given = new TreeMap<>(pipeline.variables());
    given.putAll(job.given());
    var environment =
        new TreeMap<>(Layers.environment(all, job.spec().variables(), dotenv, Map.of(), given));
    job.spec()
        .environment()
        .flatMap(EnvironmentSpec::url)
        .ifPresent(url ->
            environment.put("CI_ENVIRONMENT_URL", VariableExpansion.onRunner(url, environment)));
    return environment;
  }

  private static void put(Map<String, String> all, Map<String, Variable> variables) {
    variables.forEach((name, variable) -> all.put(name, variable.value()));
  }

  private void ofJob(Map<String, String> all, Pipeline pipeline, Job job) {
    var spec = job.spec();
    all.put("CI_JOB_ID", Long.toString(job.id()));
    all.put("CI_JOB_NAME", spec.name());
    all.put("CI_JOB_NAME_SLUG", PredefinedVariables.slug(spec.name()));
    all.put("CI_JOB_STAGE", spec.stage());
    all.put("CI_JOB_URL", url(pipeline) + "/jobs/" + job.id());
    all.put("CI_NODE_TOTAL", spec.variables().getOrDefault("CI_NODE_TOTAL", "1"));
    spec.workplace().image().ifPresent(image -> all.put("CI_JOB_IMAGE", image.name()));
    spec.environment()
        .filter(e -> EnvironmentName.valid(e.name()))
        .ifPresent(environment -> {
          var name = new EnvironmentName(environment.name());
          all.put("CI_ENVIRONMENT_NAME", name.value());
          all.put("CI_ENVIRONMENT_SLUG", EnvironmentSlug.of(name).value());
          all.put("CI_ENVIRONMENT_ACTION", environment.action().name().toLowerCase(Locale.ROOT));
          all.put(
              "CI_ENVIRONMENT_TIER",
              environment.deploymentTier().orElseGet(() -> Tier.guess(name.value()).keyword()));
        });
  }

  private String url(Pipeline pipeline) {
    return contexts.publicUrl()
        + "/projects/"
        + pipeline.project()
        + "/pipelines/"
        + pipeline.number();
  }
}
