package dev.fleetwright.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Logs;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Observation.Instance;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Outcome.Applied;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/// A contract is worth what it catches: each of these targets lies in one point, and the clause
/// that is about this point must fail. That it passes for a target that does not lie is shown by
/// [SmallTargetTest].
class TargetContractTest {

  @Test
  void catches_a_target_that_runs_something_from_the_start() {
    assertCatches(HauntedCase.class, "a_fresh_target_runs_nothing");
  }

  @Test
  void catches_a_target_that_says_applied_and_does_nothing() {
    assertCatches(LazyCase.class, "runs_what_was_applied");
  }

  @Test
  void catches_a_target_that_sticks_to_its_first_revision() {
    assertCatches(SticksCase.class, "runs_the_newer_of_two");
  }

  @Test
  void catches_a_target_that_forgets_to_stop_the_old() {
    assertCatches(HoardsCase.class, "runs_the_newer_of_two");
  }

  @Test
  void catches_a_target_that_does_it_again_when_asked_again() {
    assertCatches(RepeatsCase.class, "applying_twice_is_applying_once");
  }

  @Test
  void catches_a_target_that_restarts_what_did_not_change() {
    assertCatches(RepeatsCase.class, "an_unchanged_component_is_not_restarted");
  }

  @Test
  void catches_a_target_that_calls_a_lost_answer_a_refusal() {
    assertCatches(
        PessimistCase.class, "a_lost_answer_is_unknown_or_settled_and_observing_tells_the_truth");
  }

  @Test
  void catches_a_target_that_lists_going_back_and_cannot() {
    assertCatches(OnlyForwardCase.class, "goes_back_or_says_why_not");
  }

  @Test
  void catches_a_target_that_refuses_and_leaves_the_mess() {
    assertCatches(MessyCase.class, "a_refused_apply_leaves_what_ran_before");
  }

  @Test
  void catches_a_target_that_takes_the_unhealthy_for_healthy() {
    assertCatches(OptimistCase.class, "a_refused_first_apply_leaves_nothing");
  }

  @Test
  void catches_a_target_that_changes_more_components_than_named() {
    assertCatches(SweepingCase.class, "named_components_change_and_no_others");
  }

  @Test
  void catches_a_target_that_changes_more_instances_than_the_batch() {
    assertCatches(SweepingCase.class, "a_batch_changes_its_instances_and_no_others");
  }

  @Test
  void catches_a_target_that_does_slices_it_does_not_list() {
    assertCatches(SecretlyAbleCase.class, "named_components_change_and_no_others");
  }

  @Test
  void catches_a_target_that_sends_nobody_to_a_canary() {
    assertCatches(NoCallersCase.class, "a_share_is_up_beside_what_runs_and_has_its_callers");
  }

  @Test
  void catches_a_target_that_takes_a_share_for_everything() {
    assertCatches(SweepingCase.class, "a_share_is_up_beside_what_runs_and_has_its_callers");
  }

  @Test
  void catches_a_target_that_leaves_a_canary_behind() {
    assertCatches(LeavesCanaryCase.class, "taking_a_share_back_leaves_what_ran_untouched");
  }

  @Test
  void catches_a_target_that_leaves_a_broken_canary() {
    assertCatches(LeavesCanaryCase.class, "a_refused_share_leaves_what_ran_before");
  }

  @Test
  void catches_a_target_that_starts_what_it_said_it_kept() {
    assertCatches(
        KeepsNothingCase.class,
        "a_standby_has_no_callers_and_the_way_back_from_a_switch_starts_nothing");
  }

  @Test
  void catches_a_target_that_sends_callers_to_a_standby() {
    assertCatches(
        ImpatientCase.class,
        "a_standby_has_no_callers_and_the_way_back_from_a_switch_starts_nothing");
  }

  @Test
  void catches_a_target_that_keeps_what_the_revision_lacks() {
    assertCatches(OnlyAddsCase.class, "an_empty_revision_takes_components_away");
    assertCatches(OnlyAddsCase.class, "a_component_that_the_revision_lacks_goes");
  }

  @Test
  void catches_a_target_that_removes_its_notes_and_not_the_processes() {
    assertCatches(ForgetsCase.class, "removing_takes_everything_away_and_repeats_harmlessly");
  }

  @Test
  void catches_a_target_whose_preview_acts() {
    assertCatches(EagerCase.class, "a_preview_touches_nothing");
  }

  @Test
  void catches_a_target_whose_preview_guesses() {
    assertCatches(GuessesCase.class, "a_preview_names_what_applying_then_does");
  }

  @Test
  void catches_a_target_that_obeys_everybody() {
    assertCatches(ObedientCase.class, "an_older_fencing_token_is_refused");
  }

  @Test
  void catches_a_target_that_mixes_places_up() {
    assertCatches(OnePlaceCase.class, "two_places_do_not_see_each_other");
  }

  @Test
  void catches_a_target_that_calls_the_dead_healthy() {
    assertCatches(
        RosyCase.class, "a_dead_component_is_not_called_healthy_and_applying_again_revives_it");
  }

  @Test
  void catches_a_target_that_lists_logs_and_has_none() {
    assertCatches(MuteCase.class, "gives_what_components_print_or_has_no_logs");
  }

  private static void assertCatches(Class<? extends TargetContract> liar, String clause) {
    var failed =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectMethod(liar, clause))
            .execute()
            .testEvents()
            .failed()
            .stream()
            .toList();
    assertThat(failed)
        .extracting(event -> event.getTestDescriptor().getDisplayName())
        .containsExactly(clause + "()");
    // Caught by what it claims; a liar that stumbles proves nothing.
    assertThat(failed.getFirst().getRequiredPayload(TestExecutionResult.class).getThrowable())
        .get(THROWABLE)
        .isInstanceOf(AssertionError.class);
  }

  /// Runs one liar through the contract. The cases are nested and not named `…Test`, so that
  /// nothing but [#assertCatches] runs them.
  abstract static class Case extends TargetContract {

    @TempDir Path folder = Path.of("");

    abstract SmallTarget liar(Blobs blobs, Path folder);

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(1);
    }

    @Override
    protected Target freshTarget() {
      return liar(blobs(), folder);
    }

    @Override
    protected Target reopened(Target target) {
      return target;
    }

    @Override
    protected void loseNextAnswer(Target target) {
      ((SmallTarget) target).loseNextAnswer = true;
    }

    @Override
    protected String call(Target target, String component) throws IOException {
      return ((SmallTarget) target).call(place(), component);
    }
  }

  static final class Haunted extends SmallTarget {
    Haunted(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    public Observation observe(Place place) {
      var ghost = new Instance("one", "ghost", Digest.of(new byte[0]), Health.HEALTHY, "", "");
      return new Observation(List.of(ghost), List.of("one", "two"));
    }
  }

  static final class HauntedCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Haunted(blobs, folder);
    }
  }

  static final class Lazy extends SmallTarget {
    Lazy(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    Outcome change(Place place, Revision desired, Slice slice) {
      return new Applied("done");
    }
  }

  static final class LazyCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Lazy(blobs, folder);
    }
  }

  static final class Sticks extends SmallTarget {
    Sticks(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    boolean replace(Place place, String host, Component component) {
      return running(place, host).containsKey(component.name()) || start(place, host, component);
    }
  }

  static final class SticksCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Sticks(blobs, folder);
    }
  }

  static final class Hoards extends SmallTarget {
    Hoards(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    void kill(Running running) {
      // Let it run.
    }
  }

  static final class HoardsCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Hoards(blobs, folder);
    }
  }

  static final class Repeats extends SmallTarget {
    Repeats(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
      far(place).done.clear();
      return super.apply(order, place, desired, slice);
    }

    @Override
    boolean replace(Place place, String host, Component component) {
      stop(place, host, component.name());
      return start(place, host, component);
    }
  }

  static final class RepeatsCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Repeats(blobs, folder);
    }
  }

  static final class Pessimist extends SmallTarget {
    Pessimist(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
      return switch (super.apply(order, place, desired, slice)) {
        case Outcome.Unknown(var during, _) -> new Outcome.Refused(during);
        case Outcome known -> known;
      };
    }
  }

  static final class PessimistCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Pessimist(blobs, folder);
    }
  }

  static final class OnlyForward extends SmallTarget {
    OnlyForward(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    private final Set<Component> past = new java.util.HashSet<>();

    @Override
    boolean start(Place place, String host, Component component) {
      return past.contains(component) || super.start(place, host, component);
    }

    @Override
    void stop(Place place, String host, String name) {
      var running = running(place, host).get(name);
      if (running != null) {
        past.add(running.component());
      }
      super.stop(place, host, name);
    }
  }

  static final class OnlyForwardCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new OnlyForward(blobs, folder);
    }
  }

  static final class Messy extends SmallTarget {
    Messy(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    void putBack(Place place, String host, Map<String, Running> before) {
      // Somebody else's problem.
    }
  }

  static final class MessyCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Messy(blobs, folder);
    }
  }

  static final class Optimist extends SmallTarget {
    Optimist(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    boolean start(Place place, String host, Component component) {
      super.start(place, host, component);
      return true;
    }
  }

  static final class OptimistCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Optimist(blobs, folder);
    }
  }

  static final class Sweeping extends SmallTarget {
    Sweeping(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    Outcome change(Place place, Revision desired, Slice slice) {
      return super.change(place, desired, Slice.all());
    }
  }

  static final class SweepingCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Sweeping(blobs, folder);
    }
  }

  static final class NoCallers extends SmallTarget {
    NoCallers(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    Outcome bringBeside(Place place, Revision desired, int percent) {
      var answer = super.bringBeside(place, desired, percent);
      far(place).percent = 0;
      return answer;
    }

    @Override
    int percent(FarSide far) {
      // What it was asked for, not what it does.
      return 30;
    }
  }

  static final class NoCallersCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new NoCallers(blobs, folder);
    }
  }

  static final class LeavesCanary extends SmallTarget {
    LeavesCanary(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    void dropBeside(Place place) {
      far(place).newcomer = null;
      far(place).percent = 0;
    }

    @Override
    Outcome bringBeside(Place place, Revision desired, int percent) {
      var answer = super.bringBeside(place, desired, percent);
      if (answer instanceof Outcome.Refused) {
        far(place).newcomer = desired;
      }
      return answer;
    }
  }

  static final class LeavesCanaryCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new LeavesCanary(blobs, folder);
    }
  }

  static final class KeepsNothing extends SmallTarget {
    KeepsNothing(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    Outcome switchOver(Place place, Revision desired) {
      var answer = super.switchOver(place, desired);
      far(place).resting.values().forEach(its -> its.values().forEach(this::kill));
      return answer;
    }
  }

  static final class KeepsNothingCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new KeepsNothing(blobs, folder);
    }
  }

  static final class Impatient extends SmallTarget {
    Impatient(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    Outcome bringBeside(Place place, Revision desired, int percent) {
      return super.bringBeside(place, desired, percent == 0 ? 50 : percent);
    }

    @Override
    int percent(FarSide far) {
      return 0;
    }
  }

  static final class ImpatientCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Impatient(blobs, folder);
    }
  }

  static final class SecretlyAble extends SmallTarget {
    SecretlyAble(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    public Set<Capability> capabilities() {
      return EnumSet.complementOf(EnumSet.of(Capability.COMPONENTS));
    }
  }

  static final class SecretlyAbleCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new SecretlyAble(blobs, folder);
    }
  }

  static final class OnlyAdds extends SmallTarget {
    OnlyAdds(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    Outcome change(Place place, Revision desired, Slice slice) {
      return super.change(place, runs(place).after(desired, named(desired)), slice);
    }

    private static Slice named(Revision desired) {
      return new Slice.Components(
          new java.util.TreeSet<>(desired.components().stream().map(Component::name).toList()));
    }

    private Revision runs(Place place) {
      return new Revision(running(place, "one").values().stream().map(Running::component).toList());
    }
  }

  static final class OnlyAddsCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new OnlyAdds(blobs, folder);
    }
  }

  static final class Forgets extends SmallTarget {
    Forgets(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    public Outcome remove(Order order, Place place) {
      running(place, "one").clear();
      running(place, "two").clear();
      return new Applied("gone");
    }
  }

  static final class ForgetsCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Forgets(blobs, folder);
    }
  }

  static final class Eager extends SmallTarget {
    Eager(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    public Preview preview(Place place, Revision desired) {
      var preview = super.preview(place, desired);
      change(place, desired, Slice.all());
      return preview;
    }
  }

  static final class EagerCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Eager(blobs, folder);
    }
  }

  static final class Guesses extends SmallTarget {
    Guesses(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    public Preview preview(Place place, Revision desired) {
      var changes =
          desired.components().stream()
              .map(c -> new Change(Change.Kind.UPDATE, c.name(), List.of()))
              .toList();
      return new Preview.Possible(changes, observe(place));
    }
  }

  static final class GuessesCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Guesses(blobs, folder);
    }
  }

  static final class Obedient extends SmallTarget {
    Obedient(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    boolean stale(FarSide far, Order order) {
      return false;
    }
  }

  static final class ObedientCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Obedient(blobs, folder);
    }
  }

  static final class OnePlace extends SmallTarget {
    OnePlace(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    private static final Map<OnePlace, FarSide> ONLY = new java.util.WeakHashMap<>();

    @Override
    FarSide far(Place place) {
      return ONLY.computeIfAbsent(this, _ -> super.far(place));
    }
  }

  static final class OnePlaceCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new OnePlace(blobs, folder);
    }
  }

  static final class Rosy extends SmallTarget {
    Rosy(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    public Observation observe(Place place) {
      var seen = super.observe(place);
      var rosy =
          seen.instances().stream()
              .map(i ->
                  new Instance(i.host(), i.component(), i.runs(), Health.HEALTHY, i.endpoint(), ""))
              .toList();
      return new Observation(rosy, seen.hosts());
    }
  }

  static final class RosyCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Rosy(blobs, folder);
    }
  }

  static final class Mute extends SmallTarget {
    Mute(Blobs blobs, Path folder) {
      super(blobs, folder);
    }

    @Override
    public Optional<Logs> logs() {
      return Optional.of((_, _, _) -> List.of());
    }
  }

  static final class MuteCase extends Case {
    @Override
    SmallTarget liar(Blobs blobs, Path folder) {
      return new Mute(blobs, folder);
    }
  }
}
