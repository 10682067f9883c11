package dev.fleetwright.cli;

import dev.fleetwright.api.ServerOptions;
import dev.fleetwright.api.ServerOptions.Executor;
import dev.fleetwright.api.ServerOptions.Runners;
import dev.fleetwright.pipeline.shape.SpokenDuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Where the jobs of a server run; options of every command that starts one for good.
final class JobPlace {

  private static final long GIBIBYTE = 1L << 30;

  @Option(
      names = "--jobs",
      paramLabel = "auto|container|shell|runners",
      description = {
        "Where jobs run: in a container of podman or docker if they name an image (auto, the",
        "default), always in one (container), in the shell of this machine whatever they say",
        "(shell), or on runners only (runners). Jobs with tags go to runners wherever there are",
        "any for their project."
      })
  private Executor jobs = Executor.AUTO;

  @Option(
      names = "--job-image",
      paramLabel = "IMAGE",
      description = "The container image of jobs that name none.")
  private @Nullable String image;

  @Option(
      names = "--job-memory",
      paramLabel = "SIZE",
      description = "The most memory that one container of a job may take, such as 4g.")
  private @Nullable String memory;

  @Option(
      names = "--job-cpus",
      paramLabel = "NUMBER",
      description = "The most processors that one container of a job may take, such as 1.5.")
  private @Nullable String cpus;

  @Option(
      names = "--cache-size",
      paramLabel = "GIBIBYTES",
      description = {
        "How large the caches of jobs may be, all together; 10 by default. Those not used for",
        "the longest time go first."
      })
  private double cacheSize = ServerOptions.Jobs.USUAL_CACHE_BYTES / (double) GIBIBYTE;

  @Option(
      names = "--keep-artifacts",
      paramLabel = "DURATION",
      converter = Kept.class,
      description = {
        "How long the artifacts of jobs are kept that say no `expire_in`, such as `2 weeks`, or",
        "`never` to drop none of them; 30 days by default. What a release needs stays."
      })
  private Optional<Duration> artifacts = Optional.of(ServerOptions.Jobs.USUAL_ARTIFACTS_KEPT);

  /// A duration in words, or `never`.
  static final class Kept implements ITypeConverter<Optional<Duration>> {
    @Override
    public Optional<Duration> convert(String text) {
      return text.equals("never")
          ? Optional.empty()
          : Optional.of(
              SpokenDuration.parse(text)
                  .orElseThrow(() ->
                      new TypeConversionException(
                          "`%s` is no duration; write `30 days`, `12 hours` or `never`"
                              .formatted(text))));
    }
  }

  @Option(
      names = "--runner-registration-token-file",
      paramLabel = "FILE",
      description = {
        "A file with a token by which runners may register themselves, as those of before",
        "GitLab 16 do. Without it runners are made with `fleetwright runner create` only."
      })
  private @Nullable Path registration;

  @Option(
      names = "--artifact-size",
      paramLabel = "GIBIBYTES",
      description = "How large one upload of a runner's job may be; 5 by default.")
  private double artifactSize = Runners.USUAL.artifactBytes() / (double) GIBIBYTE;

  @Option(
      names = "--runner-silence",
      paramLabel = "MINUTES",
      description = {
        "After how long a runner that has a job and is not heard of is given up; 5 by default.",
        "Its job then fails with runner_system_failure."
      })
  private int silence = (int) Runners.USUAL.silence().toMinutes();

  ServerOptions.Jobs options() {
    return new ServerOptions.Jobs(
        jobs,
        Optional.ofNullable(image),
        Optional.ofNullable(memory),
        Optional.ofNullable(cpus),
        (long) (cacheSize * GIBIBYTE),
        artifacts,
        new Runners(
            Optional.ofNullable(registration),
            (long) (artifactSize * GIBIBYTE),
            Runners.USUAL.logBytes(),
            Duration.ofMinutes(Math.max(1, silence))));
  }
}
