package dev.fleetwright.server.operations;

import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.pipeline.Aftermath;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobExecutor.JobOrder;
import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.JobSpec.EnvironmentSpec;
import dev.fleetwright.core.pipeline.JobSpec.EnvironmentSpec.Action;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Finds the job whose script belongs to a deploy, and turns it into a component that can be kept
/// with the plan and run again when its pipeline is gone.
public final class DeployScripts {

  private static final int HISTORY = 100;

  private final Pipelines pipelines;
  private final Releases releases;
  private final Deploys deploys;
  private final JobOrders orders;

  public DeployScripts(Pipelines pipelines, Releases releases, Deploys deploys, JobOrders orders) {
    this.pipelines = pipelines;
    this.releases = releases;
    this.deploys = deploys;
    this.orders = orders;
  }

  /// The script of the job that deploys this release to this environment, if its pipeline has one.
  public Optional<Component> starting(Environment environment, Release release) {
    return job(environment, release.pipeline(), Action.START, releases.images(release.id()));
  }

  /// The script of the job that takes this environment down: of the pipeline whose release was last
  /// deployed there, the job that `on_stop` names, or any with `action: stop`.
  public Optional<Component> stopping(Environment environment) {
    return deploys.of(environment.id(), HISTORY, 0).stream()
        .filter(v -> v.state() instanceof Succeeded)
        .flatMap(v -> v.deploy().release().stream())
        .findFirst()
        .flatMap(releases::find)
        .flatMap(release ->
            job(environment, release.pipeline(), Action.STOP, releases.images(release.id())));
  }

  /// A script that deploys is told which images the release consists of, by digest: also those that
  /// no job reported, because they were built when the release was made.
  static JobOrder told(JobOrder order, List<ReleasedImage> images) {
    var variables = new TreeMap<>(order.variables());
    for (var image : images) {
      variables.put(ReleasedImage.variable(image.component()), image.name().exact());
    }
    return order.withVariables(variables);
  }

  private Optional<Component> job(
      Environment environment, long pipeline, Action action, List<ReleasedImage> images) {
    return pipelines
        .find(pipeline)
        .flatMap(p -> {
          var jobs = pipelines.jobs(pipeline);
          return jobs.stream()
              .filter(j -> acts(j.spec(), environment, action))
              .findFirst()
              .map(j -> component(j, told(orders.order(p, j, jobs), images)));
        });
  }

  private static boolean acts(JobSpec spec, Environment environment, Action action) {
    return spec.environment()
        .filter(e -> e.action() == action && e.name().equals(environment.name().value()))
        .isPresent();
  }

  /// A job and how it is run, as a component.
  static Component component(Job job, JobOrder order) {
    var settings = new TreeMap<String, String>();
    settings.put("job", Long.toString(order.job()));
    settings.put("project", order.project().value());
    settings.put("sha", order.sha().value());
    settings.put("ref", order.ref());
    settings.put("timeout_seconds", Long.toString(order.timeout().toSeconds()));
    settings.put("environment", job.spec().environment().map(EnvironmentSpec::name).orElse(""));
    number("script", order.spec().script(), settings);
    number("after", order.spec().afterScript(), settings);
    ScriptSurroundings.keep(order.spec().workplace(), settings);
    ScriptLeavings.keep(order.spec().artifacts(), settings);
    order.variables().forEach((name, value) -> settings.put("variables." + name, value));
    return new Component(job.spec().name(), order.before(), Settings.of(settings));
  }

  private static void number(String key, List<String> lines, Map<String, String> settings) {
    for (var i = 0; i < lines.size(); i++) {
      settings.put(key + "." + i, lines.get(i));
    }
  }

  /// What [#component] kept, to be run.
  public static JobOrder order(Component component) {
    var settings = component.settings();
    var variables = settings.under("variables").values();
    return new JobOrder(
        Long.parseLong(settings.text("job").orElseThrow()),
        new ProjectName(settings.text("project").orElseThrow()),
        new CommitSha(settings.text("sha").orElseThrow()),
        settings.text("ref").orElseThrow(),
        false,
        new JobSpec(
            component.name(),
            "deploy",
            settings.list("script"),
            settings.list("after"),
            variables,
            Optional.empty(),
            Optional.empty(),
            JobSpec.When.ON_SUCCESS,
            JobSpec.AllowFailure.NO,
            JobSpec.Retry.NEVER,
            Optional.empty(),
            Optional.empty(),
            ScriptLeavings.read(settings),
            Optional.empty(),
            ScriptSurroundings.read(settings),
            new java.util.TreeSet<>(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            Aftermath.NONE,
            new TreeMap<>()),
        component.files(),
        variables,
        List.of(),
        Duration.ofSeconds(Long.parseLong(settings.text("timeout_seconds").orElse("3600"))));
  }
}
