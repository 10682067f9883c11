package dev.fleetwright.api;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How to run a server.
///
/// @param data the folder for everything that it keeps; made when it is not there
/// @param shared the folder that all servers of one PostgreSQL see, for the contents of releases,
///   logs and the sealing key; empty for `data`
/// @param storage a bucket, `s3://bucket/folder`, for the contents of releases, artifacts and
///   caches; empty for the shared folder
/// @param database `postgresql://…`; empty for the embedded one in `data`
/// @param host the address to listen on
/// @param port 0 for a free one
/// @param publicUrl how others reach it, when that differs; links are made from it, never from what
///   a caller says
/// @param localRepositories whether projects may be folders of this machine; whoever may add a
///   project can then read every repository that the server can
/// @param jobs where and how jobs run
/// @param includeHosts that pipelines may include files from, each with `:port` unless that is the
///   usual one
/// @param registryAuth the file with credentials for registries of images, as `podman login` writes
///   it; empty for where it and `docker login` write for the server's user
/// @param jsonLog whether to log one JSON object a line
public record ServerOptions(
    Path data,
    Optional<Path> shared,
    Optional<URI> storage,
    Optional<String> database,
    String host,
    int port,
    Optional<URI> publicUrl,
    boolean localRepositories,
    Jobs jobs,
    List<String> includeHosts,
    Optional<Path> registryAuth,
    boolean jsonLog) {

  public ServerOptions {
    includeHosts = List.copyOf(includeHosts);
  }

  /// Where and how jobs run.
  ///
  /// @param image the container image of jobs that name none
  /// @param memory the most that one container may take, such as `4g`; empty for all
  /// @param cpus the same for processors, such as `1.5`
  /// @param cacheBytes how large all caches of jobs together may be
  /// @param artifactsKept how long artifacts are kept of which their job says nothing; empty for
  ///   always
  /// @param runners how jobs run on runners of their own
  public record Jobs(
      Executor executor,
      Optional<String> image,
      Optional<String> memory,
      Optional<String> cpus,
      long cacheBytes,
      Optional<Duration> artifactsKept,
      Runners runners) {

    /// As large as a few builds of a large project.
    public static final long USUAL_CACHE_BYTES = 10L << 30;

    /// As GitLab keeps artifacts of which nothing is said.
    public static final Duration USUAL_ARTIFACTS_KEPT = Duration.ofDays(30);

    /// As each job says, without bounds.
    public static final Jobs USUAL =
        new Jobs(
            Executor.AUTO,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            USUAL_CACHE_BYTES,
            Optional.of(USUAL_ARTIFACTS_KEPT),
            Runners.USUAL);
  }

  /// How jobs run on runners: programs on other machines that ask for work.
  ///
  /// @param registration a file with the token by which runners of before GitLab 16 may register
  ///   themselves; empty for none
  /// @param artifactBytes how large one upload of a job may be
  /// @param logBytes how much a job may print
  /// @param silence after how long a runner that has a job and is not heard of is given up
  public record Runners(
      Optional<Path> registration, long artifactBytes, long logBytes, Duration silence) {

    /// What nobody said anything about: as much as the built-in executor takes.
    public static final Runners USUAL =
        new Runners(Optional.empty(), 5L << 30, 100L << 20, Duration.ofMinutes(5));
  }

  /// In what jobs run.
  public enum Executor {
    /// In a container when the job names an image, else in the shell of this machine.
    AUTO,
    /// In a container always.
    CONTAINER,
    /// In the shell of this machine always.
    SHELL,
    /// On runners always; never on this machine.
    RUNNERS
  }

  /// Embedded database, only reachable from this machine, projects may be folders of it.
  public static ServerOptions local(Path data, int port) {
    return local(data, port, Jobs.USUAL);
  }

  /// The same, with jobs run in another way.
  public static ServerOptions local(Path data, int port, Jobs jobs) {
    return new ServerOptions(
        data,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "127.0.0.1",
        port,
        Optional.empty(),
        true,
        jobs,
        List.of(),
        Optional.empty(),
        false);
  }
}
