package dev.fleetwright.core;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.TargetBinding;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Values that several tests need.
public final class Samples {

  public static final ProjectName SHOP = new ProjectName("shop");
  public static final EnvironmentName PRODUCTION = new EnvironmentName("production");
  public static final Revision V1 = revision("v1");
  public static final Revision V2 = revision("v2");

  private Samples() {}

  /// A revision of one component that differs by this word.
  public static Revision revision(String word) {
    return new Revision(
        List.of(new Component("web", List.of(), Settings.of(Map.of("word", word)))));
  }

  public static TargetBinding binding(String name) {
    return new TargetBinding(name, "fake", Settings.NONE);
  }

  /// A plan from V1 to V2 with one step for each target.
  public static Plan plan(int approvals, String... targets) {
    var parts = new ArrayList<Plan.TargetPlan>();
    var steps = new ArrayList<Step>();
    for (var target : targets) {
      parts.add(
          new Plan.TargetPlan(
              binding(target),
              V1.digest(),
              V2.digest(),
              Observation.nothingOn(List.of()).basis(),
              List.of()));
      steps.add(new Step.Apply(target, Slice.all(), V1.digest(), V2.digest(), true, true));
    }
    return new Plan(
        SHOP,
        PRODUCTION,
        EnvironmentSlug.of(PRODUCTION),
        DeployKind.START,
        Optional.of(7L),
        "r7",
        parts,
        steps,
        approvals);
  }

  /// Blobs in memory.
  public static Blobs blobs() {
    return new Blobs() {
      private final Map<Digest, byte[]> kept = new ConcurrentHashMap<>();

      @Override
      public Digest put(InputStream content) throws IOException {
        var bytes = content.readAllBytes();
        kept.put(Digest.of(bytes), bytes);
        return Digest.of(bytes);
      }

      @Override
      public InputStream open(Digest digest) throws FileNotFoundException {
        var bytes = kept.get(digest);
        if (bytes == null) {
          throw new FileNotFoundException(digest.toString());
        }
        return new ByteArrayInputStream(bytes);
      }

      @Override
      public boolean drop(Digest digest, Instant since) {
        throw new UnsupportedOperationException("nothing is dropped");
      }

      @Override
      public boolean has(Digest digest) {
        return kept.containsKey(digest);
      }
    };
  }
}
