package dev.fleetwright.core.plan;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.environment.Strategy;
import dev.fleetwright.core.plan.Plan.TargetPlan;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.core.target.TargetUnreachable;
import dev.fleetwright.core.target.Targets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Decides what a deploy will do, by asking every target what would change. Touches no target;
/// keeps the revisions it renders, so that the plan can be executed and gone back to without its
/// sources.
public final class Planner {

  /// The pseudo-target of a job's script.
  public static final TargetBinding SCRIPT = new TargetBinding("script", "script", Settings.NONE);

  private final Targets targets;
  private final Blobs blobs;

  public Planner(Targets targets, Blobs blobs) {
    this.targets = targets;
    this.blobs = blobs;
  }

  /// What is wanted.
  public sealed interface Wanted {

    /// The job's script that belongs to it.
    Optional<Component> script();

    /// A release.
    ///
    /// @param only the components that are brought, the others stay as they are; empty for all
    record Start(Release release, Optional<Component> script, SortedSet<String> only)
        implements Wanted {
      public Start {
        only = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(only));
      }

      /// All of it.
      public Start(Release release, Optional<Component> script) {
        this(release, script, new TreeSet<>());
      }
    }

    /// Stored revisions of an earlier deploy, by target.
    record GoBack(Optional<Long> release, String label, SortedMap<String, Digest> revisions)
        implements Wanted {
      public GoBack {
        revisions = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(revisions));
      }

      @Override
      public Optional<Component> script() {
        return Optional.empty();
      }
    }

    /// Nothing.
    record Stop(Optional<Component> script) implements Wanted {}
  }

  /// The answer.
  public sealed interface Planning {
    /// It can be done like this.
    record Ready(Plan plan) implements Planning {}

    /// It cannot be done; each reason says what to do about it.
    record Impossible(List<String> reasons) implements Planning {
      public Impossible {
        reasons = List.copyOf(reasons);
      }
    }

    /// A target cannot be asked now.
    record NotNow(String reason) implements Planning {}
  }

  /// Make a plan.
  ///
  /// @param live what runs by the record, from which undoing goes
  public Planning plan(Environment environment, Wanted wanted, List<Live> live) {
    if (wanted instanceof Wanted.Start start
        && start.script().isPresent()
        && !start.only().isEmpty()) {
      return new Planning.Impossible(
          List.of(
              "the script of job `%s` runs wholly or not at all; deploy everything, or take the script out of the job"
                  .formatted(start.script().get().name())));
    }
    var bindings = bindings(environment, wanted);
    // What nothing takes down is down as soon as it is recorded (contract 2a.8).
    if (bindings.isEmpty() && !(wanted instanceof Wanted.Stop)) {
      return new Planning.Impossible(
          List.of(
              "environment `%s` has neither targets nor a job that deploys to it; give it a target in fleetwright.yml"
                  .formatted(environment.name())));
    }
    var plans = new ArrayList<TargetPlan>();
    var legs = new ArrayList<Course.Leg>();
    var reasons = new ArrayList<String>();
    for (var binding : bindings) {
      try {
        planTarget(environment, wanted, live, binding, plans, legs, reasons);
      } catch (TargetUnreachable e) {
        return new Planning.NotNow(
            "target `%s` cannot be reached (%s)".formatted(binding.name(), e.getMessage()));
      } catch (IllegalArgumentException e) {
        reasons.add("target `%s`: %s".formatted(binding.name(), e.getMessage()));
      }
    }
    if (!reasons.isEmpty()) {
      return new Planning.Impossible(reasons);
    }
    var steps = steps(environment, wanted, legs, reasons);
    if (!reasons.isEmpty()) {
      return new Planning.Impossible(reasons);
    }
    return new Planning.Ready(
        new Plan(
            environment.project(),
            environment.name(),
            environment.slug(),
            kind(wanted),
            release(wanted),
            label(wanted),
            plans,
            steps,
            environment.policy().gating().approvals().required()));
  }

  private void planTarget(
      Environment environment,
      Wanted wanted,
      List<Live> live,
      TargetBinding binding,
      List<TargetPlan> plans,
      List<Course.Leg> legs,
      List<String> reasons) {
    var target = targets.open(binding);
    var from = from(live, binding.name());
    var to = revision(environment, wanted, binding, target, from);
    if (!wantedCanBeDone(target, wanted, binding, reasons)) {
      return;
    }
    switch (target.preview(environment.placeOn(binding.name()), to)) {
      case Preview.Impossible(var reason) ->
          reasons.add("target `%s`: %s".formatted(binding.name(), reason));
      case Preview.Possible(var changes, var basis) -> {
        plans.add(new TargetPlan(binding, from, keep(to), basis.basis(), changes));
        if (changesAnything(target, wanted, binding, changes) || basis.beside().isPresent()) {
          legs.add(
              new Course.Leg(
                  target, environment.placeOn(binding.name()), binding, from, to, basis));
        }
      }
    }
  }

  private static boolean changesAnything(
      Target target, Wanted wanted, TargetBinding binding, List<Change> changes) {
    return !target.capabilities().contains(Capability.OBSERVE)
        || takesAway(wanted, binding)
        || changes.stream().anyMatch(c -> c.kind() != Change.Kind.NONE);
  }

  private static boolean takesAway(Wanted wanted, TargetBinding binding) {
    return wanted instanceof Wanted.Stop && !binding.equals(SCRIPT);
  }

  /// A job's script comes first and is not a matter of strategy.
  private static List<Step> steps(
      Environment environment, Wanted wanted, List<Course.Leg> legs, List<String> reasons) {
    var steps = new ArrayList<Step>();
    var rest = new ArrayList<Course.Leg>();
    for (var leg : legs) {
      if (leg.binding().equals(SCRIPT)) {
        steps.add(leg.step(Slice.all()));
      } else if (takesAway(wanted, leg.binding())) {
        steps.add(new Step.Remove(leg.binding().name(), leg.from(), leg.can(Capability.OBSERVE)));
      } else {
        rest.add(leg);
      }
    }
    try {
      steps.addAll(new Course(reasons).steps(strategy(environment, wanted), rest));
    } catch (IllegalArgumentException e) {
      reasons.add(e.getMessage());
    }
    return steps;
  }

  /// A way back must not take as long as the way there: it has no stages.
  private static Strategy strategy(Environment environment, Wanted wanted) {
    return switch (environment.policy().strategy()) {
      case Strategy.AllAtOnce all -> all;
      case Strategy.Rolling rolling when wanted instanceof Wanted.GoBack ->
          new Strategy.Rolling(rolling.maxUnavailable(), Duration.ZERO);
      case Strategy.Rolling rolling -> rolling;
      case Strategy.Canary canary -> wanted instanceof Wanted.GoBack ? Strategy.USUAL : canary;
      case Strategy.BlueGreen blueGreen ->
          wanted instanceof Wanted.GoBack ? Strategy.USUAL : blueGreen;
    };
  }

  /// What undoing a deploy to a target goes back to: the last revision there that is known to work.
  public static Digest from(List<Live> live, String target) {
    return live.stream()
        .filter(l -> l.target().equals(target))
        .map(Live::good)
        .findFirst()
        .orElse(Revision.EMPTY.digest());
  }

  private static boolean wantedCanBeDone(
      Target target, Wanted wanted, TargetBinding binding, List<String> reasons) {
    var lacks =
        switch (wanted) {
          case Wanted.GoBack _ -> !target.capabilities().contains(Capability.ROLL_BACK);
          case Wanted.Stop _ ->
              !binding.equals(SCRIPT) && !target.capabilities().contains(Capability.REMOVE);
          case Wanted.Start _ -> false;
        };
    if (lacks) {
      reasons.add(
          "target `%s` (%s) cannot %s"
              .formatted(
                  binding.name(),
                  binding.kind(),
                  wanted instanceof Wanted.Stop ? "be taken down" : "go back to a revision"));
    }
    return !lacks;
  }

  private static List<TargetBinding> bindings(Environment environment, Wanted wanted) {
    var bindings = new ArrayList<TargetBinding>();
    if (wanted.script().isPresent()
        || (wanted instanceof Wanted.GoBack(_, _, var revisions)
            && revisions.containsKey(SCRIPT.name()))) {
      bindings.add(SCRIPT);
    }
    bindings.addAll(environment.targets());
    return bindings;
  }

  private Revision revision(
      Environment environment, Wanted wanted, TargetBinding binding, Target target, Digest from) {
    return switch (wanted) {
      case Wanted.Start(_, var script, _) when binding.equals(SCRIPT) ->
          new Revision(script.stream().toList());
      case Wanted.Stop(var script) when binding.equals(SCRIPT) ->
          new Revision(script.stream().toList());
      case Wanted.Start(var release, _, var only) when only.isEmpty() ->
          rendered(environment, binding, target, release);
      case Wanted.Start(var release, _, var only) ->
          partly(load(from), rendered(environment, binding, target, release), only);
      case Wanted.Stop _ -> Revision.EMPTY;
      case Wanted.GoBack(_, _, var revisions) -> stored(binding, revisions);
    };
  }

  /// What is known to work there, with the named components of the release in place of its own. It
  /// is a whole revision, so every target can run it, and going back to it needs no rule of its
  /// own.
  private static Revision partly(Revision runs, Revision release, SortedSet<String> only) {
    for (var name : only) {
      if (release.component(name).isEmpty()) {
        var names = release.components().stream().map(Component::name).toList();
        throw new IllegalArgumentException(
            "there is no component `%s` among those that run here: %s"
                .formatted(name, String.join(", ", names)));
      }
    }
    return runs.after(release, new Slice.Components(only));
  }

  private static Revision rendered(
      Environment environment, TargetBinding binding, Target target, Release release) {
    var wantedNames = environment.policy().components();
    var missing = new ArrayList<>(wantedNames);
    var components = new ArrayList<Component>();
    for (var component : release.components()) {
      missing.remove(component.name());
      if (wantedNames.isEmpty() || wantedNames.contains(component.name())) {
        components.add(
            new Component(
                component.name(),
                component.files(),
                RunSettings.in(environment, binding, component.settings())));
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no component `%s`, which environment `%s` asks for"
              .formatted(release.label(), missing.getFirst(), environment.name()));
    }
    if (components.isEmpty()) {
      throw new IllegalArgumentException(
          release.label()
              + " has no components; say under `release:` in fleetwright.yml what it is made of");
    }
    var rendered =
        target.rendered(
            environment.placeOn(binding.name()),
            new Revision(components),
            RunSettings.variables(environment, binding));
    if (rendered.components().isEmpty()) {
      throw new IllegalArgumentException(
          "none of the components of %s runs on a target of kind `%s`; clusters run those with `manifests`, others those with `files`"
              .formatted(release.label(), binding.kind()));
    }
    return rendered;
  }

  private Revision stored(TargetBinding binding, Map<String, Digest> revisions) {
    var digest = revisions.get(binding.name());
    if (digest == null) {
      throw new IllegalArgumentException("nothing was deployed there then");
    }
    if (!blobs.has(digest)) {
      throw new IllegalArgumentException("the bytes of revision " + digest.brief() + " are gone");
    }
    return load(digest);
  }

  /// A kept revision.
  public Revision load(Digest digest) {
    try {
      return digest.equals(Revision.EMPTY.digest())
          ? Revision.EMPTY
          : Revision.of(blobs.read(digest));
    } catch (IOException e) {
      throw new UncheckedIOException("reading revision " + digest.brief(), e);
    }
  }

  private Digest keep(Revision revision) {
    try {
      return blobs.put(revision.bytes());
    } catch (IOException e) {
      throw new UncheckedIOException("keeping revision " + revision.digest().brief(), e);
    }
  }

  private static DeployKind kind(Wanted wanted) {
    return switch (wanted) {
      case Wanted.Start _ -> DeployKind.START;
      case Wanted.GoBack _ -> DeployKind.ROLLBACK;
      case Wanted.Stop _ -> DeployKind.STOP;
    };
  }

  private static Optional<Long> release(Wanted wanted) {
    return switch (wanted) {
      case Wanted.Start(var release, _, _) -> Optional.of(release.id());
      case Wanted.GoBack(var release, _, _) -> release;
      case Wanted.Stop _ -> Optional.empty();
    };
  }

  private static String label(Wanted wanted) {
    return switch (wanted) {
      case Wanted.Start(var release, _, var only) ->
          only.isEmpty() ? release.label() : release.label() + ", only " + String.join(", ", only);
      case Wanted.GoBack(_, var label, _) -> label;
      case Wanted.Stop _ -> "nothing";
    };
  }
}
