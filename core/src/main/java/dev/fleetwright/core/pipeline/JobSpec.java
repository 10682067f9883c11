package dev.fleetwright.core.pipeline;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// One job of a pipeline, with everything resolved that can be before it runs: includes, `extends`,
/// defaults, rules, matrix and server-side variables (`.gitlab-ci.yml`, load order 1 to 10).
///
/// @param name unique in the pipeline
/// @param stage one of the pipeline's stages
/// @param script `before_script` and `script`, in order; one shell runs all of it and stops at the
///   first line that fails
/// @param afterScript run in a shell of its own afterwards, whatever happened; cannot fail the job
/// @param variables the job's own and the global ones, expanded on the server as far as known
/// @param needs empty when the job waits for all earlier stages ([Optional#empty]) or starts at
///   once (an empty list)
/// @param artifactsFrom jobs whose artifacts are put into the work tree; [Optional#empty] for all
///   of earlier stages
/// @param timeout [Optional#empty] for the project's default
/// @param startIn how long a delayed job waits once its turn has come
/// @param workplace the container, services, caches and secrets around the script
/// @param trigger of a job that has no script and starts another pipeline
/// @param confirmation what a person is asked before a manual job is played
/// @param aftermath what is made of a success: a release, coverage, a web site
/// @param otherKeywords what the file says and no one acts on, by keyword, as YAML text; runners
///   get it as it is
public record JobSpec(
    String name,
    String stage,
    List<String> script,
    List<String> afterScript,
    SortedMap<String, String> variables,
    Optional<List<Need>> needs,
    Optional<List<String>> artifactsFrom,
    When when,
    AllowFailure allowFailure,
    Retry retry,
    Optional<Duration> timeout,
    Optional<Duration> startIn,
    List<ArtifactSpec> artifacts,
    Optional<EnvironmentSpec> environment,
    Workplace workplace,
    SortedSet<String> tags,
    Optional<String> resourceGroup,
    boolean interruptible,
    Optional<Trigger> trigger,
    Optional<String> confirmation,
    Aftermath aftermath,
    SortedMap<String, String> otherKeywords) {

  public JobSpec {
    script = List.copyOf(script);
    afterScript = List.copyOf(afterScript);
    variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
    needs = needs.map(List::copyOf);
    artifactsFrom = artifactsFrom.map(List::copyOf);
    artifacts = List.copyOf(artifacts);
    otherKeywords = Collections.unmodifiableSortedMap(new TreeMap<>(otherKeywords));
  }

  /// A job that only runs a script, in the way of a job with no other keyword.
  public static JobSpec running(String name, String stage, List<String> script) {
    return new JobSpec(
        name,
        stage,
        script,
        List.of(),
        new TreeMap<>(),
        Optional.empty(),
        Optional.empty(),
        When.ON_SUCCESS,
        AllowFailure.NO,
        Retry.NEVER,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Workplace.BARE,
        new TreeSet<>(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Aftermath.NONE,
        new TreeMap<>());
  }

  /// This job with other variables.
  public JobSpec withVariables(Map<String, String> others) {
    return new JobSpec(
        name,
        stage,
        script,
        afterScript,
        new TreeMap<>(others),
        needs,
        artifactsFrom,
        when,
        allowFailure,
        retry,
        timeout,
        startIn,
        artifacts,
        environment,
        workplace,
        tags,
        resourceGroup,
        interruptible,
        trigger,
        confirmation,
        aftermath,
        otherKeywords);
  }

  /// Whether running this job is a deploy or a take-down of an environment.
  public boolean deploys() {
    return environment.filter(e -> e.action().deploys()).isPresent();
  }

  /// When a job's turn has come, what happens.
  public enum When {
    /// Runs when everything before it succeeded.
    ON_SUCCESS,
    /// Runs when something before it failed that was not allowed to.
    ON_FAILURE,
    /// Runs whatever happened before.
    ALWAYS,
    /// Waits for a person.
    MANUAL,
    /// Runs after [JobSpec#startIn].
    DELAYED,
    /// Is left out of the pipeline.
    NEVER
  }

  /// Whether the pipeline goes on when the job fails.
  ///
  /// @param allowed for every failure
  /// @param exitCodes or for these exit codes only
  public record AllowFailure(boolean allowed, List<Integer> exitCodes) {
    /// A failure fails the pipeline.
    public static final AllowFailure NO = new AllowFailure(false, List.of());

    /// A failure is a warning.
    public static final AllowFailure YES = new AllowFailure(true, List.of());

    /// Whether this exit code is forgiven.
    public boolean forgives(int exitCode) {
      return allowed || exitCodes.contains(exitCode);
    }
  }

  /// How often and why a failed job is run again.
  ///
  /// @param most 0 to 2
  /// @param reasons GitLab's words, such as `script_failure`; empty or `always` for every reason
  /// @param exitCodes or for these exit codes
  public record Retry(int most, List<String> reasons, List<Integer> exitCodes) {
    // A runner tells this one to a server that does not know the word as a failure of its own, so
    // files that retry on that one mean it too.
    private static final String IMAGE_PULL_FAILURE = "image_pull_failure";
    private static final String SYSTEM_FAILURE = "runner_system_failure";

    /// Never.
    public static final Retry NEVER = new Retry(0, List.of(), List.of());

    /// Whether a failure is followed by another attempt: one of the reasons or one of the exit
    /// codes has to fit, and with neither written any failure does
    /// (https://docs.gitlab.com/ci/yaml/#retryexit_codes).
    ///
    /// @param attempt that failed, 1 for the first
    public boolean wants(int attempt, String reason, int exitCode) {
      return attempt <= most
          && ((reasons.isEmpty() && exitCodes.isEmpty())
              || reasons.contains("always")
              || reasons.contains(reason)
              || (reason.equals(IMAGE_PULL_FAILURE) && reasons.contains(SYSTEM_FAILURE))
              || exitCodes.contains(exitCode));
    }
  }

  /// A job that must be done before this one starts.
  ///
  /// @param artifacts whether its artifacts are put into the work tree
  /// @param optional whether it may be missing from the pipeline
  public record Need(String job, boolean artifacts, boolean optional) {}

  /// Files to keep from a job.
  ///
  /// @param paths globs relative to the work tree, `**` for any depth
  /// @param access who may download them: `all`, `developer`, `maintainer` or `none`
  /// @param exposeAs the name under which a merge request would show them; empty for not at all
  /// @param report empty for plain artifacts, else the report's kind, such as `dotenv` or `junit`
  public record ArtifactSpec(
      Optional<String> name,
      List<String> paths,
      List<String> exclude,
      boolean untracked,
      Keep when,
      Expiry expiry,
      Access access,
      Optional<String> exposeAs,
      Optional<String> report) {
    public ArtifactSpec {
      paths = List.copyOf(paths);
      exclude = List.copyOf(exclude);
    }

    /// How long the files are kept (`expire_in`), counted from the end of the job.
    public sealed interface Expiry {
      /// As long as the server says for all that say nothing.
      record Usual() implements Expiry {}

      record After(Duration time) implements Expiry {}

      /// Until the pipeline is removed.
      record Never() implements Expiry {}
    }

    /// Who may download the files.
    public enum Access {
      ALL,
      DEVELOPER,
      MAINTAINER,
      NONE
    }

    /// After which end of the job the files are kept.
    public enum Keep {
      ON_SUCCESS,
      ON_FAILURE,
      ALWAYS
    }
  }

  /// The environment that a job acts on; the keyword in full, contract 2a.8.
  ///
  /// @param name expanded; checked to be a valid name only when the job runs
  /// @param url expanded again at the end of the job with its dotenv variables
  /// @param onStop the job that takes the environment down
  /// @param autoStopIn [Optional#empty] for never
  /// @param cluster what `kubernetes` says of it, by dotted key such as `dashboard.namespace`,
  ///   expanded
  public record EnvironmentSpec(
      String name,
      Optional<String> url,
      Action action,
      Optional<String> onStop,
      Optional<Duration> autoStopIn,
      Optional<String> deploymentTier,
      SortedMap<String, String> cluster) {
    public EnvironmentSpec {
      cluster = Collections.unmodifiableSortedMap(new TreeMap<>(cluster));
    }

    /// What a job does with its environment.
    public enum Action {
      START,
      PREPARE,
      VERIFY,
      ACCESS,
      STOP;

      /// Whether a deployment is recorded.
      public boolean deploys() {
        return this == START || this == STOP;
      }
    }
  }
}
