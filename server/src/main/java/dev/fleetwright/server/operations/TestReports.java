package dev.fleetwright.server.operations;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.pipeline.report.JUnitXml;
import dev.fleetwright.pipeline.report.TestCase;
import dev.fleetwright.pipeline.report.TestCase.Result;
import dev.fleetwright.pipeline.source.Glob;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What the jobs of a pipeline report of their tests (`artifacts:reports:junit`). Read from the
/// files each time: they never change, and few people look at old ones.
public final class TestReports {

  /// As many as a page and a person can take; GitLab stops at half a million.
  private static final int MOST_CASES = 50_000;

  private static final long LARGEST_FILE = 32L << 20;

  private final Pipelines pipelines;
  private final Blobs blobs;

  public TestReports(Pipelines pipelines, Blobs blobs) {
    this.pipelines = pipelines;
    this.blobs = blobs;
  }

  /// The tests of one job.
  ///
  /// @param problems of files that could not be read, for people
  public record Suite(Job job, List<TestCase> cases, List<String> problems) {
    public Suite {
      cases = List.copyOf(cases);
      problems = List.copyOf(problems);
    }

    /// How many ended so.
    public long count(Result result) {
      return cases.stream().filter(c -> c.result() == result).count();
    }

    /// The time that the tests took together, as far as the files say.
    public double seconds() {
      return cases.stream().mapToDouble(c -> c.seconds().orElse(0)).sum();
    }
  }

  /// Whether a job was to report tests and left files for that.
  public static boolean has(Job job) {
    return files(job).findAny().isPresent();
  }

  /// A suite for each job that reports tests, in the order of the file.
  public List<Suite> of(long pipeline) {
    var suites = new ArrayList<Suite>();
    var left = MOST_CASES;
    for (var job : pipelines.jobs(pipeline)) {
      if (has(job)) {
        var suite = suite(job, left);
        left -= suite.cases().size();
        suites.add(suite);
      }
    }
    return suites;
  }

  private Suite suite(Job job, int most) {
    var cases = new ArrayList<TestCase>();
    var problems = new ArrayList<String>();
    files(job)
        .forEach(file -> {
          if (file.size() > LARGEST_FILE) {
            problems.add(
                "`%s` is larger than %d MB and was not read"
                    .formatted(file.path(), LARGEST_FILE >> 20));
            return;
          }
          try (var in = blobs.open(file.digest())) {
            var read = JUnitXml.read(in, most - cases.size());
            cases.addAll(read.cases());
            read.problem().ifPresent(p -> problems.add("`" + file.path() + "` " + p));
          } catch (FileNotFoundException _) {
            problems.add("`" + file.path() + "` was dropped when it expired");
          } catch (IOException e) {
            problems.add("`" + file.path() + "` cannot be read: " + e.getMessage());
          }
        });
    return new Suite(job, cases, problems);
  }

  private static Stream<TreeEntry.File> files(Job job) {
    var globs =
        job.spec().artifacts().stream()
            .filter(a -> a.report().filter("junit"::equals).isPresent())
            .map(ArtifactSpec::paths)
            .flatMap(List::stream)
            .map(TestReports::glob)
            .toList();
    return globs.isEmpty()
        ? Stream.empty()
        : job.artifacts().stream()
            .flatMap(e -> e instanceof TreeEntry.File file ? Stream.of(file) : Stream.empty())
            .filter(f -> globs.stream().anyMatch(g -> g.matches(f.path())));
  }

  /// What variables stood for is not known any more; among what the job left, anything will do.
  private static Glob glob(String path) {
    var plain =
        path.replaceFirst("^\\$\\{?CI_PROJECT_DIR}?/", "")
            .replaceFirst("^\\./", "")
            .replaceAll("\\$\\{[A-Za-z0-9_]+}|\\$[A-Za-z0-9_]+", "**");
    return Glob.crossing(plain.endsWith("/") ? plain + "**" : plain);
  }
}
