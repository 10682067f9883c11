package dev.fleetwright.server.operations;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Glob;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.pipeline.report.JUnitXml;
import dev.fleetwright.pipeline.report.TestCase;
import dev.fleetwright.pipeline.report.TestCase.Result;
import dev.fleetwright.pipeline.variable.VariableExpansion;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What the jobs of a pipeline report of their tests (`artifacts:reports:junit`). Read from the
/// files each time: they never change, and few people look at old ones.
public final class TestReports {

  /// As many as a page and a person can take; GitLab stops at half a million.
  private static final int MOST_CASES = 50_000;

  private static final long LARGEST_FILE = 32L << 20;

  /// Stands for wherever the job ran. No path of a work tree begins with it.
  private static final String WORK_TREE = "/work-tree";

  private final Pipelines pipelines;
  private final JobOrders orders;
  private final Blobs blobs;

  TestReports(Pipelines pipelines, JobOrders orders, Blobs blobs) {
    this.pipelines = pipelines;
    this.orders = orders;
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
  public boolean has(Job job) {
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

  private Stream<TreeEntry.File> files(Job job) {
    var written =
        job.spec().artifacts().stream()
            .filter(a -> a.report().filter("junit"::equals).isPresent())
            .map(ArtifactSpec::paths)
            .flatMap(List::stream)
            .toList();
    if (written.isEmpty() || job.artifacts().isEmpty()) {
      return Stream.empty();
    }
    var variables =
        written.stream().anyMatch(path -> path.indexOf('$') >= 0)
            ? variables(job)
            : Map.<String, String>of();
    var globs = written.stream().map(path -> glob(path, variables)).toList();
    return job.artifacts().stream()
        .flatMap(e -> e instanceof TreeEntry.File file ? Stream.of(file) : Stream.empty())
        .filter(f -> globs.stream().anyMatch(g -> g.matchesOrHolds(f.path())));
  }

  /// The variables that patterns named when the job ran, and where it ran.
  private Map<String, String> variables(Job job) {
    var pipeline = pipelines.find(job.pipeline()).orElseThrow();
    var all = new TreeMap<>(orders.variables(pipeline, job, pipelines.jobs(pipeline.id())));
    all.put("CI_PROJECT_DIR", WORK_TREE);
    return all;
  }

  private static Glob glob(String path, Map<String, String> variables) {
    var text = VariableExpansion.onRunner(path, variables);
    return Glob.orOnlyItself(
        Glob.Where.ARTIFACTS,
        text.startsWith(WORK_TREE + "/") ? text.substring(WORK_TREE.length() + 1) : text);
  }
}
