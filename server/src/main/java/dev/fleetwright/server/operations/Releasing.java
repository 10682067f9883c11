package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.FileTree;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.engine.PipelineWork;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.Job.Keeping;
import dev.fleetwright.core.pipeline.JobExecutor.JobOrder;
import dev.fleetwright.core.pipeline.JobSpec.EnvironmentSpec;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.PipelineMachine;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.project.ComponentRule;
import dev.fleetwright.pipeline.project.ImageRule;
import dev.fleetwright.pipeline.project.ProjectFile;
import dev.fleetwright.pipeline.variable.VariableExpansion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Binds what a pipeline made into a release, and starts the deploys of its jobs.
final class Releasing implements PipelineWork {

  /// How long a registry that does not answer is waited for, in seconds: five minutes in all. A
  /// restart of one takes less, and a person who waits for a release shall hear of it.
  private static final List<Integer> WAITS = List.of(1, 2, 5, 10, 20, 40, 60, 60, 60, 60);

  private static final String MISSING_DEPENDENCY = "missing_dependency_failure";

  /// As GitLab has it.
  private static final int LONGEST_URL = 255;

  private static final Pattern WEB_ADDRESS = Pattern.compile("https?://[^\\s/?#]+([/?#]\\S*)?");

  private static final Pattern PREDEFINED = Pattern.compile("\\$\\{(CI_[A-Z0-9_]+)}");

  /// What manifests may be told of the pipeline that a release comes from.
  private static final Pattern IN_MANIFESTS = Pattern.compile("\\$\\{?((?:CI|IMAGE)_[A-Z0-9_]+)");

  /// Of the job that asks, or a secret: neither has a place in what is kept and shown.
  private static final Pattern NOT_IN_MANIFESTS =
      Pattern.compile("CI_JOB_.*|CI_ENVIRONMENT_.*|.*(TOKEN|PASSWORD|SECRET|PRIVATE_KEY).*");

  private static final int LARGEST_MANIFEST = 3 * 1024 * 1024;

  private final Projects projects;
  private final Pipelines pipelines;
  private final Repositories repositories;
  private final Releases releases;
  private final Deploys deploys;
  private final Environments environments;
  private final Configuration configuration;
  private final JobOrders orders;
  private final ForeignNeeds foreign;
  private final Downstreams downstreams;
  private final ImageBinding images;
  private final Blobs blobs;
  private final Optional<Duration> artifactsKept;
  private final InstantSource clock;

  Releasing(
      Projects projects,
      Pipelines pipelines,
      Repositories repositories,
      Releases releases,
      Deploys deploys,
      Environments environments,
      Configuration configuration,
      JobOrders orders,
      ForeignNeeds foreign,
      Downstreams downstreams,
      ImageBinding images,
      Blobs blobs,
      Optional<Duration> artifactsKept,
      InstantSource clock) {
    this.projects = projects;
    this.pipelines = pipelines;
    this.repositories = repositories;
    this.releases = releases;
    this.deploys = deploys;
    this.environments = environments;
    this.configuration = configuration;
    this.orders = orders;
    this.foreign = foreign;
    this.downstreams = downstreams;
    this.images = images;
    this.blobs = blobs;
    this.artifactsKept = artifactsKept;
    this.clock = clock;
  }

  @Override
  public JobOrder order(Pipeline pipeline, Job job, List<Job> jobs) {
    return orders.order(pipeline, job, jobs);
  }

  @Override
  public boolean isProtected(Pipeline pipeline) {
    return orders.isProtected(pipeline);
  }

  @Override
  public Started trigger(Pipeline pipeline, Job job, List<Job> jobs) {
    return downstreams.start(pipeline, job, jobs);
  }

  @Override
  public boolean isReleased(Pipeline pipeline) {
    return releases.ofPipeline(pipeline.id()).isPresent();
  }

  @Override
  public Made release(Pipeline pipeline, List<Job> jobs, int attempt) throws InterruptedException {
    var made = releases.ofPipeline(pipeline.id());
    if (made.isPresent()) {
      return new Made.Done(made.get());
    }
    var project = projects.find(pipeline.project()).orElseThrow();
    var file = configuration.at(project, pipeline.sha());
    if (!file.sound()) {
      return new Made.Impossible(
          file.problems().stream().filter(Problem::isError).map(Problem::toString).toList());
    }
    var parts = new Parts(project, pipeline, family(pipeline, jobs));
    for (var rule : file.components()) {
      parts.add(rule);
    }
    if (!parts.problems.isEmpty()) {
      return new Made.Impossible(parts.problems);
    } else if (!parts.waiting.isEmpty()) {
      return attempt <= WAITS.size()
          ? new Made.Later(
              String.join("; ", parts.waiting), Duration.ofSeconds(WAITS.get(attempt - 1)))
          : new Made.Impossible(
              parts.waiting.stream()
                  .map(why ->
                      "%s; it was tried %d times. When it can be reached again, retry a job of this pipeline, or build the commit again"
                          .formatted(why, attempt))
                  .toList());
    }
    var release =
        releases.add(
            pipeline.project(),
            pipeline.sha(),
            pipeline.ref(),
            pipeline.title(),
            pipeline.author(),
            pipeline.id(),
            parts.components,
            parts.bound,
            actor(pipeline),
            clock.instant());
    return new Made.Done(release);
  }

  /// With the jobs of the pipelines that this one is a child of, which come first, and those of its
  /// children: together they build one commit.
  private List<Job> family(Pipeline pipeline, List<Job> jobs) {
    var all = new ArrayList<Job>();
    if (pipeline.isChild()) {
      var bridge = pipelines.job(pipeline.parent().orElseThrow()).orElseThrow();
      var upper = pipelines.find(bridge.pipeline()).orElseThrow();
      all.addAll(above(upper));
    }
    for (var job : jobs) {
      all.add(job);
      all.addAll(below(job));
    }
    return all;
  }

  private List<Job> above(Pipeline pipeline) {
    var all = new ArrayList<Job>();
    if (pipeline.isChild()) {
      var bridge = pipelines.job(pipeline.parent().orElseThrow()).orElseThrow();
      all.addAll(above(pipelines.find(bridge.pipeline()).orElseThrow()));
    }
    all.addAll(pipelines.jobs(pipeline.id()));
    return all;
  }

  private List<Job> below(Job bridge) {
    var all = new ArrayList<Job>();
    if (bridge.spec().trigger().isPresent()) {
      pipelines
          .startedBy(bridge.id())
          .filter(Pipeline::isChild)
          .ifPresent(child ->
              pipelines
                  .jobs(child.id())
                  .forEach(job -> {
                    all.add(job);
                    all.addAll(below(job));
                  }));
    }
    return all;
  }

  /// The components of a release, while it is made.
  private final class Parts {
    private final Project project;
    private final Pipeline pipeline;
    private final List<Job> jobs;
    private final BuiltFiles files;
    private final List<Component> components = new ArrayList<>();
    private final List<ReleasedImage> bound = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> waiting = new ArrayList<>();
    private Optional<ProjectFile> policy = Optional.empty();
    private Optional<SortedMap<String, String>> known = Optional.empty();

    Parts(Project project, Pipeline pipeline, List<Job> jobs) {
      this.project = project;
      this.pipeline = pipeline;
      this.jobs = jobs;
      this.files = new BuiltFiles(repositories, blobs, pipeline, jobs);
    }

    void add(ComponentRule rule) throws InterruptedException {
      if (rule.image().isPresent()) {
        image(rule, rule.image().get());
      } else {
        files(rule);
      }
    }

    private void image(ComponentRule rule, ImageRule image) throws InterruptedException {
      if (policy.isEmpty()) {
        policy = Optional.of(configuration.ofDefaultBranch(project));
      }
      var around =
          new ImageBinding.Surroundings(
              pipeline, files, policy.get(), this::written, actor(pipeline));
      ImageBinding.Bound answer;
      try {
        answer = images.bind(rule.name(), image, around);
      } catch (IllegalArgumentException e) {
        // A link that leaves the files of a layer.
        problem(rule, String.valueOf(e.getMessage()));
        return;
      }
      switch (answer) {
        case ImageBinding.Bound.To(var to) -> {
          bound.add(to);
          components.add(
              new Component(
                  rule.name(), List.of(), settings(rule).with(Map.of("image", to.name().exact()))));
        }
        case ImageBinding.Bound.Wrong(var why) -> problem(rule, why);
        case ImageBinding.Bound.Later(var why) ->
            waiting.add("component `%s`: %s".formatted(rule.name(), why));
      }
    }

    private void files(ComponentRule rule) {
      List<TreeEntry> found = List.of();
      if (rule.files().isPresent()) {
        var folder = rule.files().get();
        try {
          found = files.below(folder);
        } catch (IllegalArgumentException e) {
          // A link that stays among the artifacts and leaves this part of them.
          problem(rule, String.valueOf(e.getMessage()));
          return;
        }
        if (found.isEmpty()) {
          problem(
              rule,
              "no job left an artifact below `%s/`, and the repository has no such folder; add it to `artifacts:paths` of the job that makes it"
                  .formatted(folder));
          return;
        }
      }
      var wrong = FileTree.problem(found);
      if (wrong.isPresent()) {
        problem(rule, wrong.get());
        return;
      }
      var settings = settings(rule);
      components.add(
          new Component(
              rule.name(),
              found,
              settings.text(Target.MANIFESTS).isPresent() ? settings.with(told(found)) : settings));
    }

    /// What manifests ask of the pipeline, by the names that stand in them; so only those differ
    /// from release to release that ask for something that does.
    private Map<String, String> told(List<TreeEntry> manifests) {
      var names = new TreeSet<String>();
      for (var entry : manifests) {
        if (entry instanceof TreeEntry.File(var path, var digest, var size, _)
            && size <= LARGEST_MANIFEST) {
          try {
            IN_MANIFESTS
                .matcher(new String(blobs.read(digest), StandardCharsets.UTF_8))
                .results()
                .map(match -> match.group(1))
                .filter(name -> !NOT_IN_MANIFESTS.matcher(name).matches())
                .forEach(names::add);
          } catch (IOException e) {
            throw new UncheckedIOException("reading `" + path + "`", e);
          }
        }
      }
      if (names.isEmpty()) {
        return Map.of();
      }
      if (known.isEmpty()) {
        known = Optional.of(orders.order(pipeline, jobs.getFirst(), jobs).variables());
      }
      var values = new TreeMap<>(known.get());
      // Which image a job has made, it says in its dotenv report.
      jobs.forEach(job ->
          job.dotenv()
              .forEach((name, value) -> {
                if (name.startsWith("IMAGE_")) {
                  values.put(name, value);
                }
              }));
      values.keySet().retainAll(names);
      var told = new TreeMap<String, String>();
      values.forEach((name, value) -> told.put("known." + name, value));
      return told;
    }

    private void problem(ComponentRule rule, String what) {
      problems.add("component `%s`: %s".formatted(rule.name(), what));
    }

    /// `${CI_…}` is known when the release is made and is written in; only the components that ask
    /// for it differ from release to release.
    private Settings settings(ComponentRule rule) {
      var settings = new TreeMap<>(rule.settings().values());
      settings.replaceAll((_, value) -> written(value));
      return Settings.of(settings);
    }

    private String written(String text) {
      if (!text.contains("${CI_")) {
        return text;
      }
      if (known.isEmpty()) {
        known = Optional.of(orders.order(pipeline, jobs.getFirst(), jobs).variables());
      }
      var variables = known.get();
      return PREDEFINED
          .matcher(text)
          .replaceAll(match ->
              match.group(1).startsWith("CI_JOB_")
                  ? Matcher.quoteReplacement(match.group())
                  : Matcher.quoteReplacement(
                      variables.getOrDefault(match.group(1), match.group())));
    }
  }

  @Override
  public Begun deploy(Pipeline pipeline, Job job, List<Job> jobs) {
    var spec = job.spec().environment().orElseThrow();
    var order = orders.order(pipeline, job, jobs);
    var variables = order.variables();
    var name = VariableExpansion.onRunner(spec.name(), variables);
    if (!EnvironmentName.valid(name)) {
      return new Begun.No("environment_creation_failure", badName(name));
    }
    // Those of one job fit together; those of several need not.
    var problem = FileTree.problem(order.before());
    if (problem.isPresent()) {
      return new Begun.No(
          "script_failure", "the artifacts of earlier jobs cannot lie together: " + problem.get());
    }
    var project = projects.find(pipeline.project()).orElseThrow();
    var environment =
        configuration.define(
            project,
            configuration.ofDefaultBranch(project),
            new EnvironmentName(name),
            spec.deploymentTier().map(t -> Tier.valueOf(t.toUpperCase(Locale.ROOT))),
            url(spec, variables),
            actor(pipeline),
            clock.instant());
    return switch (spec.action()) {
      case START -> start(pipeline, job, jobs, environment, order);
      case STOP -> begun(pipeline, job, environment, order, Optional.empty());
      case PREPARE, VERIFY, ACCESS ->
          throw new IllegalArgumentException("action " + spec.action() + " deploys nothing");
    };
  }

  /// Where people reach the environment. What is no address yet, since the job itself will report
  /// what is missing in it, leaves the one before as it is.
  private static Optional<String> url(EnvironmentSpec spec, Map<String, String> variables) {
    return spec.url()
        .map(text -> VariableExpansion.onRunner(text, variables))
        .filter(text -> text.length() <= LONGEST_URL && WEB_ADDRESS.matcher(text).matches());
  }

  @Override
  public void succeeded(Job job) {
    var spec = job.spec().environment().orElseThrow();
    var pipeline = pipelines.find(job.pipeline()).orElseThrow();
    var variables = new TreeMap<>(orders.variables(pipeline, job, pipelines.jobs(pipeline.id())));
    var name = VariableExpansion.onRunner(spec.name(), variables);
    if (!EnvironmentName.valid(name)) {
      return;
    }
    var environment = new EnvironmentName(name);
    switch (spec.action()) {
      case START -> tellUrl(pipeline, job, spec, environment, variables);
      case PREPARE, ACCESS -> putOffEnd(pipeline, environment);
      case VERIFY, STOP -> {
        // Neither changes anything on record.
      }
    }
  }

  /// The address is expanded once more, with the variables that the script reported.
  private void tellUrl(
      Pipeline pipeline,
      Job job,
      EnvironmentSpec spec,
      EnvironmentName environment,
      SortedMap<String, String> variables) {
    variables.putAll(job.dotenv());
    var url = url(spec, variables);
    if (url.isPresent() && !job.dotenv().isEmpty()) {
      var project = projects.find(pipeline.project()).orElseThrow();
      var _ =
          configuration.define(
              project,
              configuration.ofDefaultBranch(project),
              environment,
              Optional.empty(),
              url,
              actor(pipeline),
              clock.instant());
    }
  }

  /// Counted anew from now with the period of the last deploy that succeeded (contract 2a.8).
  private void putOffEnd(Pipeline pipeline, EnvironmentName name) {
    environments
        .find(pipeline.project(), name)
        .ifPresent(environment ->
            deploys
                .lastSucceeded(environment.id())
                .flatMap(view -> view.deploy().job())
                .flatMap(pipelines::job)
                .flatMap(job -> job.spec().environment())
                .flatMap(EnvironmentSpec::autoStopIn)
                .ifPresent(period -> {
                  var now = clock.instant();
                  var _ = environments.stopAt(environment.id(), now.plus(period), now);
                }));
  }

  @Override
  public Keeping keeping(Job job, Instant ended) {
    return Keeping.of(job.spec().artifacts(), ended, artifactsKept);
  }

  @Override
  public Optional<Objection> objection(Pipeline pipeline, Job job, List<Job> jobs) {
    return noSuchName(pipeline, job, jobs).or(() -> missing(pipeline, job, jobs));
  }

  /// Of a job that deploys, [#deploy] says so.
  private Optional<Objection> noSuchName(Pipeline pipeline, Job job, List<Job> jobs) {
    return job.spec()
        .environment()
        .filter(spec -> !spec.action().deploys())
        .map(spec -> VariableExpansion.onRunner(spec.name(), orders.variables(pipeline, job, jobs)))
        .filter(name -> !EnvironmentName.valid(name))
        .map(Releasing::badName)
        .map(message -> new Objection("environment_creation_failure", message));
  }

  private static String badName(String name) {
    return "this job would create an environment with an invalid parameter: its name would be `%s`; it can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'"
        .formatted(name);
  }

  private Optional<Objection> missing(Pipeline pipeline, Job job, List<Job> jobs) {
    return foreign
        .lacking(pipeline, job)
        .map(reason -> new Objection(MISSING_DEPENDENCY, reason))
        .or(() -> dropped(pipeline, job, jobs));
  }

  @Override
  public Optional<Pipeline> mirrored(Job job) {
    return foreign.mirrored(job);
  }

  private static Optional<Objection> dropped(Pipeline pipeline, Job job, List<Job> jobs) {
    return JobOrders.from(pipeline, job, jobs).stream()
        .filter(from -> from.keeping() instanceof Keeping.Dropped)
        .findFirst()
        .map(from ->
            new Objection(
                MISSING_DEPENDENCY,
                "the artifacts of job `%s`, which this job takes, were dropped when they expired; run `%s` again first"
                    .formatted(from.spec().name(), from.spec().name())));
  }

  private Begun start(
      Pipeline pipeline, Job job, List<Job> jobs, Environment environment, JobOrder order) {
    var runs = jobs.stream().map(Job::run).toList();
    if (!PipelineMachine.built(pipeline.stages(), runs)) {
      var building = PipelineMachine.building(pipeline.stages(), runs);
      return building.stream().allMatch(r -> r.status().finished())
          ? new Begun.No("script_failure", "there is no release: a job that it is made of failed")
          : new Begun.NotYet();
    }
    var release = releases.ofPipeline(pipeline.id());
    if (release.isPresent()) {
      var told = DeployScripts.told(order, releases.images(release.get().id()));
      return begun(pipeline, job, environment, told, Optional.of(release.get().id()));
    }
    return pipeline.problems().isEmpty()
        ? new Begun.ReleaseFirst()
        : new Begun.No(
            "script_failure", "there is no release: " + String.join("; ", pipeline.problems()));
  }

  /// @param release what is brought; empty to take the environment down
  private Begun begun(
      Pipeline pipeline, Job job, Environment environment, JobOrder order, Optional<Long> release) {
    var deploy =
        deploys.add(
            release
                .map(id -> DeployRequest.start(environment.id(), id))
                .orElseGet(() -> DeployRequest.stop(environment.id()))
                .ofJob(job.id(), DeployScripts.component(job, order))
                .once("job-" + job.id()),
            actor(pipeline),
            clock.instant());
    return new Begun.Deploy(deploy.deploy().id());
  }

  private static Actor actor(Pipeline pipeline) {
    return new Actor("pipeline #%d (%s)".formatted(pipeline.number(), pipeline.by()));
  }
}
