package dev.fleetwright.core.plan;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import dev.fleetwright.core.canonical.Bencode.Value;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.TargetBinding;
import java.util.List;
import java.util.Optional;

/// Exactly what a deploy will do. Immutable; people approve its hash, and the engine does these
/// steps and nothing else. To change course, make a new plan.
///
/// @param release its id; empty when the environment is taken down
/// @param label of what will run, for people
/// @param approvals how many people have to approve
public record Plan(
    ProjectName project,
    EnvironmentName environment,
    EnvironmentSlug slug,
    DeployKind kind,
    Optional<Long> release,
    String label,
    List<TargetPlan> targets,
    List<Step> steps,
    int approvals) {

  /// What the plan knows of one target.
  ///
  /// @param from the revision that the record says runs there now
  /// @param to the revision that will run there; of [dev.fleetwright.core.target.Revision#EMPTY]
  ///   when it is taken away
  /// @param basis what was really seen there; when it differs at the start, the target has moved
  public record TargetPlan(
      TargetBinding binding, Digest from, Digest to, Digest basis, List<Change> changes) {
    public TargetPlan {
      changes = List.copyOf(changes);
    }

    private Dictionary canonical() {
      return Dictionary.empty()
          .with("binding", binding.canonical())
          .with("from", from.hex())
          .with("to", to.hex())
          .with("basis", basis.hex())
          .with("changes", listing(changes.stream().map(Change::canonical).toList()));
    }

    private static TargetPlan of(Dictionary dictionary) {
      return new TargetPlan(
          TargetBinding.of(dictionary.dictionary("binding")),
          new Digest(dictionary.text("from")),
          new Digest(dictionary.text("to")),
          new Digest(dictionary.text("basis")),
          dictionaries(dictionary, "changes").stream().map(Change::of).toList());
    }
  }

  public Plan {
    targets = List.copyOf(targets);
    steps = List.copyOf(steps);
  }

  /// The same, but nobody has to approve it.
  public Plan unattended() {
    return new Plan(project, environment, slug, kind, release, label, targets, steps, 0);
  }

  /// What is approved.
  public Digest hash() {
    return Digest.of(bytes());
  }

  /// The canonical bytes; equal plans have equal bytes.
  public byte[] bytes() {
    var plan =
        Dictionary.empty()
            .with("plan", 1)
            .with("project", project.value())
            .with("environment", environment.value())
            .with("slug", slug.value())
            .with("kind", kind.keyword())
            .with("label", label)
            .with("targets", listing(targets.stream().map(TargetPlan::canonical).toList()))
            .with("steps", listing(steps.stream().map(Step::canonical).toList()))
            .with("approvals", approvals);
    return release.map(id -> plan.with("release", id)).orElse(plan).bytes();
  }

  /// Read what [#bytes] wrote.
  ///
  /// @throws Bencode.NotCanonical if it is something else
  public static Plan of(byte[] bytes) {
    var plan = Bencode.readDictionary(bytes);
    return new Plan(
        new ProjectName(plan.text("project")),
        new EnvironmentName(plan.text("environment")),
        new EnvironmentSlug(plan.text("slug")),
        DeployKind.of(plan.text("kind")),
        plan.has("release") ? Optional.of(plan.whole("release")) : Optional.empty(),
        plan.text("label"),
        dictionaries(plan, "targets").stream().map(TargetPlan::of).toList(),
        dictionaries(plan, "steps").stream().map(Step::of).toList(),
        Math.toIntExact(plan.whole("approvals")));
  }

  /// What is known of one target.
  ///
  /// @throws IllegalArgumentException if the plan does not touch it
  public TargetPlan target(String name) {
    return targets.stream()
        .filter(t -> t.binding().name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the plan has no target " + name));
  }

  /// Where on a target this plan works.
  public Place placeOn(String target) {
    return new Place(project, slug, target);
  }

  /// How much changes, for people: `2 created, 1 updated`; `nothing` when nothing does.
  public String summary() {
    var words = new java.util.ArrayList<String>();
    count(Change.Kind.CREATE, "created", words);
    count(Change.Kind.UPDATE, "updated", words);
    count(Change.Kind.DELETE, "deleted", words);
    return words.isEmpty() ? "nothing" : String.join(", ", words);
  }

  private void count(Change.Kind kind, String word, List<String> words) {
    var n =
        targets.stream().flatMap(t -> t.changes().stream()).filter(c -> c.kind() == kind).count();
    if (n > 0) {
      words.add(n + " " + word);
    }
  }

  private static Listing listing(List<Dictionary> dictionaries) {
    return new Listing(List.<Value>copyOf(dictionaries));
  }

  private static List<Dictionary> dictionaries(Dictionary dictionary, String key) {
    return dictionary.listing(key).values().stream()
        .map(v -> Bencode.expect(v, Dictionary.class))
        .toList();
  }
}
