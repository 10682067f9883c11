package dev.fleetwright.server.operations;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.engine.StoreUnavailable;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.pipeline.Glob;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobExecutor.JobOrder;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.pipeline.Workplace.Cache;
import dev.fleetwright.core.pipeline.Workplace.SecretRequest;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.runner.Choice;
import dev.fleetwright.core.runner.Dispatch;
import dev.fleetwright.core.runner.HandOut;
import dev.fleetwright.core.runner.HandOut.Taken;
import dev.fleetwright.core.runner.Runner;
import dev.fleetwright.core.secret.Secret;
import dev.fleetwright.server.auth.RunnerTokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives jobs to runners.
public final class RunnerWork {

  private static final Logger log = LoggerFactory.getLogger(RunnerWork.class);

  /// Between two looks at what waits: the feed also tells of what is nothing to runners.
  private static final Duration BREATH = Duration.ofMillis(250);

  /// What only the runner can write into a value.
  private static final Pattern OF_THE_RUNNER =
      Pattern.compile("\\$\\{?(CI_PROJECT_DIR|CI_BUILDS_DIR)\\b");

  private final Dispatch dispatch;
  private final Pipelines pipelines;
  private final Repositories repositories;
  private final JobOrders orders;
  private final Feed feed;
  private final String publicUrl;
  private final InstantSource clock;
  private final BooleanSupplier open;

  /// @param publicUrl where runners reach this server, without a `/` at the end
  /// @param open whether this server still gives out work
  RunnerWork(
      Dispatch dispatch,
      Pipelines pipelines,
      Repositories repositories,
      JobOrders orders,
      Feed feed,
      String publicUrl,
      InstantSource clock,
      BooleanSupplier open) {
    this.dispatch = dispatch;
    this.pipelines = pipelines;
    this.repositories = repositories;
    this.orders = orders;
    this.feed = feed;
    this.publicUrl = publicUrl;
    this.clock = clock;
    this.open = open;
  }

  /// What a runner that asks for work is told.
  ///
  /// @param assignment empty when there is nothing for it
  /// @param mark names what was there to be had; a runner that says it again may be kept waiting
  public record Found(Optional<Assignment> assignment, String mark) {}

  /// Find a job for a runner, and give it to it.
  ///
  /// @param features what the runner says that it can do, by GitLab's words
  /// @param known the mark that it was told the last time; empty for none
  /// @param patience how long it may be kept waiting when nothing has changed since
  public Found next(
      Runner runner, String system, Set<String> features, String known, Duration patience)
      throws InterruptedException {
    var until = clock.instant().plus(patience);
    while (true) {
      var seen = feed.newest();
      var mark = Long.toString(seen);
      var found = find(runner, system, features);
      var left = Duration.between(clock.instant(), until);
      if (found.isPresent() || known.isEmpty() || !left.isPositive() || !open.getAsBoolean()) {
        return new Found(found, mark);
      }
      feed.await(seen, left.compareTo(BREATH) < 0 ? left : BREATH);
      // Many wait here, and each event of the feed wakes them all.
      Thread.sleep(Math.min(left.toMillis() + 1, BREATH.toMillis()));
      if (dispatch.runners().find(runner.id()).isEmpty()) {
        return new Found(Optional.empty(), mark);
      }
    }
  }

  private Optional<Assignment> find(Runner asking, String system, Set<String> features) {
    var offered = dispatch.handOuts().offered();
    if (offered.isEmpty() || !open.getAsBoolean()) {
      return Optional.empty();
    }
    // It may have been paused since it began to wait.
    var runner = dispatch.runners().find(asking.id());
    if (runner.isEmpty()) {
      return Optional.empty();
    }
    var taken = dispatch.handOuts().taken();
    for (var handOut : Choice.inTurn(runner.get(), offered, taken)) {
      var others = taken.getOrDefault(handOut.wish().project(), 0);
      var given = give(handOut, runner.get(), system, features, others);
      if (given.isPresent()) {
        return given;
      }
    }
    return Optional.empty();
  }

  private Optional<Assignment> give(
      HandOut handOut, Runner runner, String system, Set<String> features, int others) {
    var jobs = pipelines.jobs(handOut.pipeline());
    var job =
        jobs.stream()
            .filter(j -> j.id() == handOut.job() && j.status() == JobStatus.PENDING)
            .findFirst();
    if (job.isEmpty() || !features.containsAll(needed(job.get().spec()))) {
      return Optional.empty();
    }
    var pipeline = pipelines.find(handOut.pipeline()).orElseThrow();
    var token = RunnerTokens.ofJob();
    var now = clock.instant();
    try {
      var order = orders.order(pipeline, job.get(), jobs);
      var by = new Taken(runner.id(), system, now, now, runner.atMost(order.timeout()));
      var assignment =
          new Assignment(
              runner,
              by,
              pipeline,
              job.get(),
              order,
              token,
              variables(runner, by, order, token, now),
              orders.sources(pipeline, job.get(), jobs),
              caches(order),
              repository(pipeline.project()),
              others);
      if (!take(handOut, by, token)) {
        return Optional.empty();
      }
      log.atInfo()
          .addKeyValue("job", job.get().id())
          .addKeyValue("runner", runner.id())
          .addKeyValue("system", system)
          .log("job goes to a runner");
      return Optional.of(assignment);
    } catch (StoreUnavailable e) {
      throw e;
    } catch (RuntimeException | IOException e) {
      spoilt(handOut, new Taken(runner.id(), system, now, now, Duration.ZERO), token, e);
      return Optional.empty();
    }
  }

  private boolean take(HandOut handOut, Taken by, Secret token) {
    return dispatch.handOuts().take(handOut.id(), by, RunnerTokens.hash(token.reveal()));
  }

  /// It fails instead of being in the way of all others for ever.
  private void spoilt(HandOut handOut, Taken by, Secret token, Exception e) {
    log.atError()
        .addKeyValue("job", handOut.job())
        .setCause(e)
        .log("a job could not be made ready for a runner");
    if (take(handOut, by, token)) {
      var _ =
          dispatch
              .handOuts()
              .end(
                  handOut.id(),
                  Ending.Failed.without(
                      "runner_system_failure", "preparing the job: " + e.getMessage()),
                  clock.instant());
    }
  }

  /// What a runner must be able to do, by GitLab's words, or the job would not do what it says.
  private static Set<String> needed(JobSpec spec) {
    var needed = new HashSet<String>();
    var workplace = spec.workplace();
    if (spec.artifacts().size() > 1) {
      needed.add("upload_multiple_artifacts");
    }
    if (spec.artifacts().stream().anyMatch(a -> !a.exclude().isEmpty())) {
      needed.add("artifacts_exclude");
    }
    if (!spec.allowFailure().exitCodes().isEmpty() || !spec.retry().exitCodes().isEmpty()) {
      needed.add("return_exit_code");
    }
    if (workplace.caches().stream().anyMatch(c -> !c.fallbackKeys().isEmpty())) {
      needed.add("fallback_cache_keys");
    }
    if (workplace.secrets().values().stream()
        .anyMatch(s -> s.provider() instanceof SecretRequest.Provider.Vault)) {
      needed.add("vault_secrets");
    }
    return needed;
  }

  private String repository(ProjectName project) {
    return publicUrl + "/git/" + project + ".git";
  }

  private List<Assignment.Variable> variables(
      Runner runner, Taken by, JobOrder order, Secret token, Instant now) {
    var secrets = new HashSet<String>();
    order.secrets().forEach(s -> secrets.add(s.reveal()));
    var all = new TreeMap<>(order.variables());
    all.put("CI_RUNNER_ID", Long.toString(runner.id()));
    all.put("CI_RUNNER_DESCRIPTION", runner.description());
    all.put("CI_RUNNER_TAGS", quoted(List.copyOf(runner.tags())));
    all.put("CI_JOB_STARTED_AT", now.truncatedTo(ChronoUnit.SECONDS).toString());
    all.put("CI_JOB_TIMEOUT", Long.toString(by.timeout().toSeconds()));
    all.put("CI_JOB_TOKEN", token.reveal());
    all.put("CI_REPOSITORY_URL", withToken(repository(order.project()), token));
    var told = new ArrayList<Assignment.Variable>();
    all.forEach((key, value) ->
        told.add(
            new Assignment.Variable(
                key,
                value,
                secrets.contains(value) || value.contains(token.reveal()),
                !OF_THE_RUNNER.matcher(value).find())));
    return told;
  }

  /// An address that Git logs in with.
  static String withToken(String repository, Secret token) {
    return repository.replaceFirst("://", "://gitlab-ci-token:" + token.reveal() + "@");
  }

  private static String quoted(List<String> texts) {
    return "["
        + String.join(
            ", ",
            texts.stream()
                .map(t -> "\"" + t.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                .toList())
        + "]";
  }

  private List<Assignment.KeyedCache> caches(JobOrder order) throws IOException {
    var caches = new ArrayList<Assignment.KeyedCache>();
    for (var cache : order.spec().workplace().caches()) {
      // Jobs of protected branches have caches of their own, as with GitLab.
      var suffix = cache.unprotect() ? "" : order.trusted() ? "-protected" : "-non_protected";
      caches.add(
          new Assignment.KeyedCache(
              key(order, cache.key()) + suffix,
              cache.fallbackKeys().stream().map(k -> k + suffix).toList(),
              cache));
    }
    return caches;
  }

  private String key(JobOrder order, Cache.Key key) throws IOException {
    return switch (key) {
      case Cache.Key.Fixed(var text) -> text.isBlank() ? "default" : text;
      case Cache.Key.OfFiles(var files, _, var prefix) -> {
        var hash = hash(order, files);
        yield prefix.filter(p -> !p.isEmpty()).map(p -> p + "-" + hash).orElse(hash);
      }
    };
  }

  /// The content of the files and where they are; `default` when there are none, as with GitLab.
  private String hash(JobOrder order, List<String> patterns) throws IOException {
    var globs = patterns.stream().map(p -> Glob.orOnlyItself(Glob.Where.ARTIFACTS, p)).toList();
    var text = new StringBuilder();
    for (var path : repositories.paths(order.project(), order.sha())) {
      if (globs.stream().anyMatch(g -> g.matches(path))) {
        repositories
            .file(order.project(), order.sha(), path, Integer.MAX_VALUE - 8)
            .ifPresent(content ->
                text.append(path).append('\0').append(Digest.of(content).hex()).append('\n'));
      }
    }
    return text.isEmpty()
        ? "default"
        : Digest.of(text.toString().getBytes(StandardCharsets.UTF_8)).hex().substring(0, 40);
  }

  /// The job that this token was made for, while its runner has it.
  public Optional<HandOut> job(String token) {
    return dispatch
        .handOuts()
        .byToken(RunnerTokens.hash(token))
        .filter(h -> !h.cancelled() || lately(h));
  }

  /// A runner that was told to stop has a while to say what became of the job; the engine does not
  /// look after those.
  private boolean lately(HandOut handOut) {
    return handOut.state() instanceof Taken taken
        && taken.contactAt().plus(dispatch.rules().silence()).isAfter(clock.instant());
  }

  /// Whether a job's files are given to a runner's job.
  ///
  /// @param other the id of the job that left them
  /// @return that job
  public Optional<Job> source(HandOut handOut, long other) {
    var pipeline = pipelines.find(handOut.pipeline());
    var jobs = pipelines.jobs(handOut.pipeline());
    var job = pipelines.job(handOut.job());
    return pipeline.isEmpty() || job.isEmpty()
        ? Optional.empty()
        : orders.sources(pipeline.get(), job.get(), jobs).stream()
            .filter(j -> j.id() == other)
            .findFirst();
  }

  /// The pipeline that a job is of.
  public Pipeline pipeline(HandOut handOut) {
    return pipelines.find(handOut.pipeline()).orElseThrow();
  }

  /// What must not be seen in a job's log, besides its token.
  public List<Secret> secrets(HandOut handOut) {
    var jobs = pipelines.jobs(handOut.pipeline());
    return jobs.stream()
        .filter(j -> j.id() == handOut.job())
        .findFirst()
        .map(j -> orders.order(pipeline(handOut), j, jobs).secrets())
        .orElse(List.of());
  }

  /// Note that the runner of a job was heard of.
  public void heard(HandOut handOut) {
    dispatch.handOuts().heard(handOut.id(), clock.instant());
  }
}
