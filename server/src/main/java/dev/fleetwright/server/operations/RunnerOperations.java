package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.runner.Choice;
import dev.fleetwright.core.runner.Dispatch;
import dev.fleetwright.core.runner.HandOut;
import dev.fleetwright.core.runner.Runner;
import dev.fleetwright.core.runner.Runners.Host;
import dev.fleetwright.core.runner.Runners.NewRunner;
import dev.fleetwright.core.secret.Secret;
import dev.fleetwright.server.auth.RunnerTokens;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Making runners and taking them away, and what is known of them.
public final class RunnerOperations {

  private static final int MOST_TAGS = 50;
  private static final int MOST_SHOWN = 10_000;

  /// As GitLab refuses shorter ones.
  private static final Duration SHORTEST_TIMEOUT = Duration.ofMinutes(10);

  private static final Pattern DESCRIPTION = Pattern.compile("[^\\p{Cntrl}]{1,200}");
  private static final Pattern TAG = Pattern.compile("[^\\p{Cntrl}\\s,]{1,100}");

  private final Dispatch dispatch;
  private final Projects projects;
  private final InstantSource clock;

  public RunnerOperations(Dispatch dispatch, Projects projects, InstantSource clock) {
    this.dispatch = dispatch;
    this.projects = projects;
    this.clock = clock;
  }

  /// A runner as it is made.
  ///
  /// @param token to be shown once
  public record Made(Runner runner, Secret token) {}

  /// A runner and what it does.
  ///
  /// @param machines that use it, those heard of last first
  /// @param jobs that are with it
  public record Seen(Runner runner, List<Host> machines, List<HandOut> jobs) {
    public Seen {
      machines = List.copyOf(machines);
      jobs = List.copyOf(jobs);
    }

    /// When it was last heard of.
    public Optional<Instant> heardAt() {
      return machines.stream().findFirst().map(Host::contactedAt);
    }
  }

  /// Make a runner.
  ///
  /// @param project the only one that it is for; empty for all
  public Answer<Made> make(
      String description,
      Optional<String> project,
      List<String> tags,
      boolean runUntagged,
      boolean protectedOnly,
      boolean paused,
      Optional<Duration> longest,
      Actor by) {
    var wrong = wrong(description, tags, longest);
    if (wrong.isPresent()) {
      return Answer.refused("bad_runner", wrong.get(), "see docs/guide/runners.md");
    }
    if (tags.isEmpty() && !runUntagged) {
      return Answer.refused(
          "bad_runner",
          "this runner would take no job at all: it has no tags and takes none without",
          "give it a tag, or let it run jobs without tags");
    }
    if (project
        .filter(p -> !ProjectName.valid(p) || projects.find(new ProjectName(p)).isEmpty())
        .isPresent()) {
      return Answer.notFound("project `" + project.get() + "`");
    }
    var token = RunnerTokens.ofRunner();
    var made =
        dispatch
            .runners()
            .add(
                new NewRunner(
                    description,
                    project.map(ProjectName::new),
                    new TreeSet<>(tags),
                    runUntagged,
                    protectedOnly,
                    paused,
                    longest),
                RunnerTokens.hash(token.reveal()),
                by,
                clock.instant());
    return Answer.done(new Made(made, token));
  }

  private static Optional<String> wrong(
      String description, List<String> tags, Optional<Duration> longest) {
    if (!DESCRIPTION.matcher(description).matches()) {
      return Optional.of("a runner's description has 1 to 200 characters and one line");
    } else if (tags.size() > MOST_TAGS) {
      return Optional.of("a runner has at most %d tags".formatted(MOST_TAGS));
    } else if (longest.filter(l -> l.compareTo(SHORTEST_TIMEOUT) < 0).isPresent()) {
      return Optional.of(
          "the longest timeout of a runner is %d minutes or more"
              .formatted(SHORTEST_TIMEOUT.toMinutes()));
    }
    return tags.stream()
        .filter(tag -> !TAG.matcher(tag).matches())
        .findFirst()
        .map(tag ->
            "`%s` cannot be a tag: 1 to 100 characters, no blanks, no commas".formatted(tag));
  }

  /// All runners and what they do, oldest first.
  public List<Seen> all() {
    var machines = new HashMap<Long, List<Host>>();
    for (var machine : dispatch.runners().machines(MOST_SHOWN)) {
      machines.computeIfAbsent(machine.runner(), _ -> new ArrayList<>()).add(machine);
    }
    var jobs = new HashMap<Long, List<HandOut>>();
    for (var handOut : dispatch.handOuts().under(MOST_SHOWN)) {
      if (handOut.state() instanceof HandOut.Taken taken) {
        jobs.computeIfAbsent(taken.runner(), _ -> new ArrayList<>()).add(handOut);
      }
    }
    return dispatch.runners().all().stream()
        .map(r ->
            new Seen(
                r, machines.getOrDefault(r.id(), List.of()), jobs.getOrDefault(r.id(), List.of())))
        .toList();
  }

  /// Let a runner take nothing new, or let it again. What it has goes on.
  public Answer<Seen> pause(long id, boolean paused, Actor by) {
    return dispatch.runners().pause(id, paused, by, clock.instant())
        ? seen(id).map(Answer::done).orElseGet(() -> Answer.notFound("runner " + id))
        : Answer.notFound("runner " + id);
  }

  private Optional<Seen> seen(long id) {
    return all().stream().filter(s -> s.runner().id() == id).findFirst();
  }

  /// Take a runner away: its token opens nothing any more. Jobs that it has go on to their end.
  public Answer<Runner> remove(long id, Actor by) {
    return dispatch
        .runners()
        .remove(id, by, clock.instant())
        .map(Answer::done)
        .orElseGet(() -> Answer.notFound("runner " + id));
  }

  /// Which runner has a job or had it, for people; empty when none has taken it.
  public Optional<String> holder(Job job) {
    return dispatch
        .handOuts()
        .of(job.id())
        .flatMap(h ->
            switch (h.state()) {
              case HandOut.Taken taken -> Optional.of(taken.runner());
              case HandOut.Ended ended -> Optional.of(ended.runner());
              case HandOut.Offered _, HandOut.Withdrawn _ -> Optional.empty();
            })
        .map(id ->
            dispatch
                .runners()
                .find(id)
                .map(r -> "runner %s (%d)".formatted(r.description(), id))
                .orElse("runner %d, which was removed".formatted(id)));
  }

  /// Why a job that waits for a runner does so, for people; empty when it does not.
  public Optional<String> waiting(Pipeline pipeline, Job job) {
    if (job.status() != JobStatus.PENDING) {
      return Optional.empty();
    }
    return dispatch
        .handOuts()
        .of(job.id())
        .filter(h -> h.state() instanceof HandOut.Offered)
        .map(h ->
            Choice.obstacle(
                    h.wish(),
                    dispatch.runners().all(),
                    heard(),
                    clock.instant(),
                    dispatch.rules().silence())
                .map(obstacle -> "This job is stuck: " + obstacle + ".")
                .orElse(
                    "This job waits for a runner%s; those that fit are busy or will ask in a moment."
                        .formatted(tags(h.wish().tags()))));
  }

  private static String tags(SortedSet<String> tags) {
    return tags.isEmpty()
        ? ""
        : " with the tags " + String.join(", ", tags.stream().map(t -> "`" + t + "`").toList());
  }

  private Map<Long, Instant> heard() {
    var heard = new HashMap<Long, Instant>();
    dispatch
        .runners()
        .machines(MOST_SHOWN)
        .forEach(m -> heard.putIfAbsent(m.runner(), m.contactedAt()));
    return heard;
  }
}
