package dev.fleetwright.core.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

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
/// @param image kept for runners that have containers; the built-in executor runs on the host
/// @param otherKeywords what the file says and this release does not act on, such as `services` or
///   `cache`, by keyword, as YAML text; runners get it as it is
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
    Optional<String> image,
    SortedSet<String> tags,
    Optional<String> resourceGroup,
    boolean interruptible,
    SortedMap<String, String> otherKeywords) {

  public JobSpec {
    script = List.copyOf(script);
    afterScript = List.copyOf(afterScript);
    variables = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(variables));
    needs = needs.map(List::copyOf);
    artifactsFrom = artifactsFrom.map(List::copyOf);
    artifacts = List.copyOf(artifacts);
    otherKeywords = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(otherKeywords));
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
        image,
        tags,
        resourceGroup,
        interruptible,
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
    /// Never.
    public static final Retry NEVER = new Retry(0, List.of(), List.of());
  }

  /// A job that must be done before this one starts.
  ///
  /// @param artifacts whether its artifacts are put into the work tree
  /// @param optional whether it may be missing from the pipeline
  public record Need(String job, boolean artifacts, boolean optional) {}

  /// Files to keep from a job.
  ///
  /// @param paths globs relative to the work tree, `**` for any depth
  /// @param report empty for plain artifacts, else the report's kind, such as `dotenv` or `junit`
  public record ArtifactSpec(
      Optional<String> name,
      List<String> paths,
      List<String> exclude,
      boolean untracked,
      Keep when,
      Optional<Duration> expireIn,
      Optional<String> report) {

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
  public record EnvironmentSpec(
      String name,
      Optional<String> url,
      Action action,
      Optional<String> onStop,
      Optional<Duration> autoStopIn,
      Optional<String> deploymentTier) {

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
