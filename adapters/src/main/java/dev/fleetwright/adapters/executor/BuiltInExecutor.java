package dev.fleetwright.adapters.executor;

import dev.fleetwright.adapters.executor.ContainerEngine.Bounds;
import dev.fleetwright.adapters.executor.ScriptPlace.Unprepared;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.pipeline.CacheStore;
import dev.fleetwright.core.pipeline.Dotenv;
import dev.fleetwright.core.pipeline.JobExecutor;
import dev.fleetwright.core.pipeline.JobOutcome;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import dev.fleetwright.core.pipeline.Workplace.Image;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.secret.Masking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs jobs on this machine: in containers of Podman or Docker where a job names an image, else
/// with the shell (`bash`, or `sh` where there is none), as the user of this server.
///
/// Each job has a fresh clone and an environment that holds its variables and nothing of the
/// server's. With the shell it also has a session, `HOME` and `TMPDIR` of its own: that keeps
/// honest jobs apart and is no wall against a hostile one, since a script can do what the server's
/// user can. A container sees the clone below `/builds` and nothing else of this machine.
///
/// When a script ends, is cancelled or takes too long, everything that it started is ended too,
/// also what went to the background. When the server dies, the job's guard ends it within five
/// seconds. `after_script` runs after success and failure and has five minutes; it does not run
/// when the job is cancelled. Lines are echoed and parts of the log folded as by GitLab's runner.
public final class BuiltInExecutor implements JobExecutor {

  private static final Logger log = LoggerFactory.getLogger(BuiltInExecutor.class);

  /// How far a job may go.
  ///
  /// @param logBytes how much a script may print
  /// @param termPatience how long a process has to end itself when it is told to
  record Limits(
      long logBytes, Duration termPatience, Duration afterScript, Artifacts.Limits artifacts) {
    static final Limits USUAL =
        new Limits(
            100L << 20, Duration.ofSeconds(10), Duration.ofMinutes(5), Artifacts.Limits.USUAL);
  }

  /// Where jobs run.
  public enum Where {
    /// In a container when the job names an image, else in the shell of this machine.
    AS_THE_JOB_SAYS,
    /// In a container always.
    CONTAINER,
    /// In the shell of this machine always, whatever image a job names.
    SHELL
  }

  /// What the operator of this server says of jobs.
  ///
  /// @param image for jobs that name none; empty for none
  /// @param memory the most that one container may take, such as `4g`; empty for all
  /// @param cpus the same for processors, such as `1.5`
  public record Settings(
      Where where, Optional<String> image, Optional<String> memory, Optional<String> cpus) {
    /// What nobody said anything about.
    public static final Settings USUAL =
        new Settings(Where.AS_THE_JOB_SAYS, Optional.empty(), Optional.empty(), Optional.empty());
  }

  // Enough for the builds of large projects, and far less than would harm this machine.
  private static final int CONTAINER_PROCESSES = 4096;

  private static final Duration LEFTOVERS_PATIENCE = Duration.ofSeconds(1);

  private final Path builds;
  private final Repositories repositories;
  private final Blobs blobs;
  private final CacheStore caches;
  private final Clock clock;
  private final Settings settings;
  private final Limits limits;
  private final ContainerEngines engines = new ContainerEngines();
  private final Set<Long> running = ConcurrentHashMap.newKeySet();

  /// @param builds where jobs have their folders; belongs to this executor alone
  /// @param repositories where work trees come from
  /// @param blobs where artifacts are kept and come from
  public BuiltInExecutor(
      Path builds,
      Repositories repositories,
      Blobs blobs,
      CacheStore caches,
      Clock clock,
      Settings settings) {
    this(builds, repositories, blobs, caches, clock, settings, Limits.USUAL);
  }

  BuiltInExecutor(
      Path builds,
      Repositories repositories,
      Blobs blobs,
      CacheStore caches,
      Clock clock,
      Settings settings,
      Limits limits) {
    this.builds = builds.toAbsolutePath().normalize();
    this.repositories = repositories;
    this.blobs = blobs;
    this.caches = caches;
    this.clock = clock;
    this.settings = settings;
    this.limits = limits;
  }

  @Override
  public JobOutcome run(JobOrder order, JobLog jobLog) throws InterruptedException {
    if (!running.add(order.job())) {
      throw new IllegalStateException("job " + order.job() + " runs already");
    }
    try (var console =
        new JobConsole(jobLog, Masking.of(order.secrets()), clock, limits.logBytes())) {
      return run(order, console);
    } finally {
      running.remove(order.job());
    }
  }

  private JobOutcome run(JobOrder order, JobConsole console) throws InterruptedException {
    JobFolder folder;
    try {
      folder = JobFolder.make(builds, order.job(), order.project().value());
    } catch (IOException e) {
      throw new JobNotRunnable("making a folder for job " + order.job(), e);
    }
    try {
      return new Attempt(order, console, folder).run();
    } finally {
      try {
        folder.delete();
      } catch (IOException e) {
        log.atWarn().addKeyValue("job", order.job()).setCause(e).log("a job's folder stays behind");
      }
    }
  }

  /// {@inheritDoc}
  ///
  /// Also deletes the folders that they left. Takes as long as they take to end, at most 15 s.
  @Override
  public int endStrays() {
    var strays = JobProcesses.under(builds);
    running.forEach(job -> strays.remove(mark(job)));
    if (!strays.isEmpty()) {
      JobProcesses.end(
          () -> {
            var left = new HashSet<ProcessHandle>();
            var now = JobProcesses.under(builds);
            strays.keySet().forEach(m -> left.addAll(now.getOrDefault(m, Set.of())));
            return left;
          },
          limits.termPatience());
      log.atInfo()
          .addKeyValue("jobs", strays.keySet())
          .log("ended what jobs of a dead server left");
    }
    deleteStrayFolders();
    return strays.size();
  }

  private void deleteStrayFolders() {
    if (!Files.isDirectory(builds)) {
      return;
    }
    try (var folders = Files.newDirectoryStream(builds)) {
      for (var folder : folders) {
        var name = String.valueOf(folder.getFileName());
        if (running.stream().noneMatch(job -> name.equals(Long.toString(job)))) {
          var engine = JobFolder.engine(folder);
          if (Files.exists(engine)) {
            ContainerEngines.removeAllOf(Path.of(Files.readString(engine)), builds);
          }
          JobFolder.delete(folder);
        }
      }
    } catch (IOException e) {
      log.atWarn().addKeyValue("folder", builds).setCause(e).log("a job's folder stays behind");
    }
  }

  private String mark(long job) {
    return builds.resolve(Long.toString(job)) + "/";
  }

  /// One job while it runs.
  private final class Attempt {
    private final JobOrder order;
    private final JobConsole console;
    private final JobFolder folder;
    private final String mark;
    private final long began = System.nanoTime();

    Attempt(JobOrder order, JobConsole console, JobFolder folder) {
      this.order = order;
      this.console = console;
      this.folder = folder;
      this.mark = mark(order.job());
    }

    JobOutcome run() throws InterruptedException {
      SortedMap<String, String> environment;
      FileSearch search;
      JobCaches own;
      Ending ending;
      try (var place = place()) {
        environment = prepare(place);
        search =
            new FileSearch(
                folder.project(),
                place.project(),
                environment,
                console,
                limits.artifacts().files());
        own =
            new JobCaches(
                caches, order, folder.project(), search, this::tracked, environment, console);
        lay(own);
        open(place, environment);
        ending = script(place, environment);
        afterScript(place, environment, ending);
      } catch (Unprepared e) {
        console.failed("Job failed: " + e.message());
        return new JobOutcome(Ending.Failed.without(e.reason(), e.message()), List.of(), Map.of());
      } catch (IOException e) {
        throw new JobNotRunnable("making a place for job " + order.job(), e);
      }
      own.save(ending instanceof Ending.Succeeded);
      return leave(search, ending);
    }

    private ScriptPlace place() throws Unprepared, IOException, InterruptedException {
      var workplace = order.spec().workplace();
      var image = workplace.image().or(() -> settings.image().map(Image::named));
      return switch (settings.where()) {
        case SHELL -> {
          workplace
              .image()
              .ifPresent(i ->
                  console.warn(
                      "image %s is not used: this server runs all jobs in its shell"
                          .formatted(i.name())));
          yield new ThisMachine(folder, mark, console);
        }
        case AS_THE_JOB_SAYS -> {
          if (image.isPresent()) {
            yield container(image.get());
          }
          if (!workplace.services().isEmpty()) {
            throw new Unprepared(
                Endings.UNSUPPORTED,
                "the job has services and no image: a shell of this machine cannot reach them by name; give the job an `image`");
          }
          yield new ThisMachine(folder, mark, console);
        }
        case CONTAINER ->
            container(
                image.orElseThrow(() ->
                    new Unprepared(
                        Endings.UNSUPPORTED,
                        "the job names no image, and this server runs jobs in containers only; give the job an `image`, or start the server with `--job-image`")));
      };
    }

    private ScriptPlace container(Image image)
        throws Unprepared, IOException, InterruptedException {
      return switch (engines.find()) {
        case ContainerEngines.Answer.Found(var engine) ->
            new JobContainers(
                engine,
                new Bounds(CONTAINER_PROCESSES, settings.memory(), settings.cpus()),
                order,
                image,
                folder,
                console,
                builds);
        case ContainerEngines.Answer.None(var why) ->
            throw new Unprepared(
                Endings.UNSUPPORTED,
                "the job wants the image `%s`, and there is no container engine: %s. Install podman or docker, or start the server with `--jobs shell` to run such jobs without their image"
                    .formatted(image.name(), why));
      };
    }

    private SortedMap<String, String> prepare(ScriptPlace place)
        throws Unprepared, InterruptedException {
      var during = "preparing job " + order.job();
      try {
        try (var _ = console.section("prepare_script", "Preparing environment")) {
          place.prepare();
          tellOfShortSecrets();
        }
        var environment = place.environment(order.variables(), clock.instant());
        during = "cloning commit " + order.sha().brief();
        try (var _ = console.section("get_sources", "Getting source from Git repository")) {
          getSources();
        }
        return environment;
      } catch (IOException e) {
        throw notRunnable(during, e);
      }
    }

    private void lay(JobCaches own) throws InterruptedException {
      own.restore();
      if (order.before().isEmpty()) {
        return;
      }
      try (var _ = console.section("download_artifacts", "Downloading artifacts")) {
        new FilesBefore(blobs, folder.project()).lay(order.before());
        console.say("%d files of earlier jobs".formatted(order.before().size()));
      } catch (IOException e) {
        throw notRunnable("laying out artifacts of earlier jobs", e);
      }
    }

    private void open(ScriptPlace place, Map<String, String> environment)
        throws Unprepared, InterruptedException {
      try {
        place.open(environment);
      } catch (IOException e) {
        throw notRunnable("starting what job " + order.job() + " needs", e);
      }
    }

    /// Reading is also ended by an interrupt, which then is what happened.
    private JobNotRunnable notRunnable(String during, IOException e) throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException("while " + during);
      }
      return new JobNotRunnable(during, e);
    }

    private void tellOfShortSecrets() {
      var leftOut = Masking.of(order.secrets()).leftOut();
      if (leftOut > 0) {
        console.warn(
            "%d secrets have fewer than %d characters and are not masked"
                .formatted(leftOut, Masking.SHORTEST));
      }
    }

    private void getSources() throws IOException {
      var strategy = order.variables().getOrDefault("GIT_STRATEGY", "clone");
      if (strategy.equals("none") || strategy.equals("empty")) {
        Files.createDirectories(folder.project());
        console.say("Skipping Git repository setup");
        return;
      }
      repositories.checkOut(order.project(), order.sha(), order.ref(), folder.project());
      console.say(
          "Checking out %s as detached HEAD (ref is %s)..."
              .formatted(order.sha().brief(), order.ref()));
    }

    private Ending script(ScriptPlace place, Map<String, String> environment)
        throws InterruptedException {
      try (var _ =
          console.section("step_script", "Executing \"step_script\" stage of the job script")) {
        var left = order.timeout().minus(Duration.ofNanos(System.nanoTime() - began));
        return execute(place, "script", order.spec().script(), environment, left, order.timeout());
      } catch (IOException e) {
        throw new JobNotRunnable("starting the script of job " + order.job(), e);
      }
    }

    private void afterScript(ScriptPlace place, Map<String, String> environment, Ending ending)
        throws InterruptedException {
      if (order.spec().afterScript().isEmpty()) {
        return;
      }
      var told = new TreeMap<>(environment);
      told.put("CI_JOB_STATUS", ending instanceof Ending.Succeeded ? "success" : "failed");
      try (var _ = console.section("after_script", "Running after_script")) {
        var after =
            execute(
                place,
                "after_script",
                order.spec().afterScript(),
                told,
                limits.afterScript(),
                limits.afterScript());
        if (after instanceof Ending.Failed failure) {
          console.warn("after_script failed, but the job goes on as it was: " + failure.message());
        }
      } catch (IOException e) {
        console.warn("after_script could not be started: " + e.getMessage());
      }
    }

    private Ending execute(
        ScriptPlace place,
        String name,
        List<String> lines,
        Map<String, String> environment,
        Duration most,
        Duration allowed)
        throws IOException, InterruptedException {
      try (var process = place.start(name, lines, environment)) {
        boolean inTime;
        try {
          inTime = process.waitFor(most);
        } catch (InterruptedException e) {
          process.end(limits.termPatience());
          throw e;
        }
        if (!process.end(inTime ? LEFTOVERS_PATIENCE : limits.termPatience())) {
          console.warn("a process of this job does not end, or hides");
        }
        if (!inTime) {
          return Ending.Failed.without(
              Endings.TIMEOUT, "execution took longer than " + spoken(allowed));
        }
        return process.ending();
      }
    }

    private JobOutcome leave(FileSearch search, Ending ending) {
      var artifacts = new Artifacts(blobs, folder.project(), search, console, limits.artifacts());
      var variables = new TreeMap<String, String>();
      var settled = ending;
      try (var _ = console.section("upload_artifacts", "Keeping artifacts")) {
        var problem = keep(artifacts, variables, ending instanceof Ending.Succeeded);
        if (!problem.isEmpty() && ending instanceof Ending.Succeeded) {
          settled = Ending.Failed.without(Endings.SCRIPT_FAILURE, String.join("; ", problem));
        } else {
          problem.forEach(console::warn);
        }
      } catch (IOException e) {
        log.atWarn().addKeyValue("job", order.job()).setCause(e).log("artifacts were not kept");
        var message = "keeping artifacts: " + e.getMessage();
        if (ending instanceof Ending.Succeeded) {
          settled = Ending.Failed.without(Endings.SYSTEM_FAILURE, message);
        } else {
          console.warn(message);
        }
      }
      var lost = console.failure();
      if (lost.isPresent()) {
        log.atError()
            .addKeyValue("job", order.job())
            .setCause(lost.get())
            .log("a job's log is lost");
        settled = Ending.Failed.without(Endings.SYSTEM_FAILURE, "its log could not be written");
      }
      switch (settled) {
        case Ending.Succeeded _ -> console.succeeded("Job succeeded");
        case Ending.Failed(_, _, var message) -> console.failed("Job failed: " + message);
        case Ending.Cancelled _ -> console.failed("Job cancelled");
      }
      return new JobOutcome(settled, artifacts.entries(), variables);
    }

    private List<String> keep(
        Artifacts artifacts, SortedMap<String, String> variables, boolean succeeded)
        throws IOException {
      var problems = new ArrayList<String>();
      for (var spec : order.spec().artifacts()) {
        var wanted =
            switch (spec.when()) {
              case ON_SUCCESS -> succeeded;
              case ON_FAILURE -> !succeeded;
              case ALWAYS -> true;
            };
        if (!wanted) {
          continue;
        }
        if (spec.report().filter("dotenv"::equals).isPresent()) {
          readDotenv(artifacts, spec, variables, problems);
        } else {
          artifacts.keep(spec, spec.untracked() ? tracked() : Set.of());
        }
      }
      return problems;
    }

    private Set<String> tracked() throws IOException {
      return Set.copyOf(repositories.paths(order.project(), order.sha()));
    }

    private void readDotenv(
        Artifacts artifacts,
        ArtifactSpec spec,
        SortedMap<String, String> variables,
        List<String> problems)
        throws IOException {
      var paths = artifacts.paths(spec);
      if (paths.isEmpty()) {
        console.warn(String.join(", ", spec.paths()) + ": no matching files");
      }
      for (var path : paths) {
        try (var in = artifacts.open(path)) {
          switch (Dotenv.parse(in.readNBytes(Dotenv.MOST_BYTES + 1))) {
            case Dotenv.Variables(var values) -> variables.putAll(values);
            case Dotenv.Wrong(var line, var what) ->
                problems.add(
                    "dotenv report `%s`%s: %s"
                        .formatted(path, line == 0 ? "" : ", line " + line, what));
          }
        }
      }
    }
  }

  private static String spoken(Duration duration) {
    var seconds = duration.toSeconds();
    return seconds >= 60 && seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
