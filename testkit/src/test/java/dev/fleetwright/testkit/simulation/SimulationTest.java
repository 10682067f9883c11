package dev.fleetwright.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.testkit.Recipe;
import dev.fleetwright.testkit.simulation.Simulation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How to run more seeds, or one and see what happens in it: docs/how-to/replay-a-seed.md.
class SimulationTest {

  private static final String COUNT = "fleetwright.simulation.seeds";
  private static final String FROM = "fleetwright.simulation.from";
  private static final Set<Class<?>> QUARANTINE =
      Set.of(DeployEvent.QuarantineBegan.class, DeployEvent.QuarantineLifted.class);

  @Test
  void nothing_breaks_an_invariant() throws InterruptedException {
    long from = Long.getLong(FROM, 1);
    long count = Long.getLong(COUNT, 500);
    var began = System.nanoTime();
    var broken = new ArrayList<Outcome>();
    var events = 0L;
    var crashes = 0L;
    var staleOrders = 0L;
    var takeOvers = 0L;
    var kinds = new TreeSet<String>();
    for (var seed = from; seed < from + count; seed++) {
      var outcome = Simulation.run(seed);
      events += outcome.events();
      crashes += outcome.crashes();
      staleOrders += outcome.staleOrders();
      kinds.addAll(outcome.kinds());
      takeOvers += outcome.takeOvers();
      if (!outcome.violations().isEmpty()) {
        broken.add(outcome);
        System.out.println(story(outcome));
      }
    }
    System.out.printf(
        "simulation: violations=%d runs=%d events=%d crashes=%d take-overs=%d stale-orders=%d in %.1f s%n",
        broken.stream().mapToInt(o -> o.violations().size()).sum(),
        count,
        events,
        crashes,
        takeOvers,
        staleOrders,
        (System.nanoTime() - began) / 1e9);
    assertThat(broken).as("seeds that broke something").extracting(Outcome::seed).isEmpty();
    // A run in which nothing happens proves nothing.
    assertThat(events).isGreaterThan(150 * count);
    assertThat(crashes).isGreaterThan(count);
    if (count >= 100) {
      assertThat(takeOvers).as("work whose holder was gone").isPositive();
      assertThat(staleOrders).as("orders turned down for their token").isPositive();
      assertThat(kinds).as("what happened in any of them").containsAll(everythingThatCanHappen());
    }
  }

  private static List<String> everythingThatCanHappen() {
    // Tries are given up where servers die of a deploy, see R18.
    return Stream.of(DeployEvent.class, DeployState.Finished.class)
        .flatMap(type -> Stream.of(type.getPermittedSubclasses()))
        .filter(type -> !QUARANTINE.contains(type))
        .map(type -> type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_"))
        .map(name -> name.toLowerCase(Locale.ROOT))
        .toList();
  }

  private static String story(Outcome outcome) {
    var story =
        new StringBuilder(
            "seed %d broke something; see it happen with\n  %s\n"
                .formatted(outcome.seed(), outcome.command()));
    outcome.violations().forEach(v -> story.append("  ").append(v).append('\n'));
    return story.toString();
  }

  @Test
  @Tag("R23")
  void swizzle_clogging_breaks_nothing() throws InterruptedException {
    var seeds = Recipe.times(20, 200);
    var violations = new ArrayList<String>();
    var claims = 0;
    var staleOrders = 0;
    var events = 0;
    for (var seed = 1; seed <= seeds; seed++) {
      var outcome =
          Simulation.run(
              seed,
              new Simulation.Alterations() {
                @Override
                public boolean swizzles() {
                  return true;
                }
              });
      events += outcome.events();
      claims += outcome.claims();
      staleOrders += outcome.staleOrders();
      for (var violation : outcome.violations()) {
        violations.add("seed " + seed + ": " + violation);
      }
    }
    Recipe.report(
        "R23",
        "violations=%d seeds=%d events=%d claims=%d stale_orders=%d"
            .formatted(violations.size(), seeds, events, claims, staleOrders));
    assertThat(violations).isEmpty();
    assertThat(events).isGreaterThan(100 * seeds);
  }

  /// A release that every server dies of when it brings it to one environment.
  private static final class Poison implements Simulation.Alterations {
    /// How many servers died of each deploy, since somebody last let it be tried again.
    private final Map<Long, Integer> deaths = new TreeMap<>();

    private final List<Integer> before = new ArrayList<>();

    @Override
    public boolean faultless() {
      return true;
    }

    @Override
    public boolean kills(Order order, Place place, Revision desired) {
      var deadly =
          place.environment().value().equals("review")
              && !order.id().undo()
              && desired.component("web").stream()
                  .anyMatch(c -> c.settings().text("image").equals(Optional.of("web:3")));
      if (deadly) {
        deaths.merge(order.id().deploy(), 1, Integer::sum);
      }
      return deadly;
    }

    @Override
    public void lifted(long deploy) {
      Optional.ofNullable(deaths.remove(deploy)).ifPresent(before::add);
    }

    List<Integer> deathsOfEach() {
      before.addAll(deaths.values());
      return before;
    }
  }

  @Test
  @Tag("R18")
  void what_servers_die_of_is_quarantined_after_three_tries_and_stops_nothing_else()
      throws InterruptedException {
    var seeds = Recipe.times(20, 200);
    var violations = new ArrayList<String>();
    var deaths = new ArrayList<Integer>();
    var kinds = new TreeSet<String>();
    var events = 0;
    for (var seed = 1; seed <= seeds; seed++) {
      var poison = new Poison();
      var outcome = Simulation.run(seed, poison);
      events += outcome.events();
      deaths.addAll(poison.deathsOfEach());
      kinds.addAll(outcome.kinds());
      for (var violation : outcome.violations()) {
        violations.add("seed " + seed + ": " + violation);
      }
    }
    Recipe.report(
        "R18",
        "violations=%d seeds=%d poison_deploys=%d deaths_each_max=%d events=%d"
            .formatted(
                violations.size(),
                seeds,
                deaths.size(),
                deaths.stream().mapToInt(d -> d).max().orElse(0),
                events));
    assertThat(violations).isEmpty();
    assertThat(deaths).contains(3).allMatch(count -> count <= 3);
    assertThat(kinds).contains("quarantine_began", "quarantine_lifted");
    assertThat(events).as("the others went on").isGreaterThan(100 * seeds);
  }

  /// Only with a seed to look at; tells its every turn.
  @Test
  void one_seed() throws InterruptedException {
    var seed = Long.getLong("fleetwright.simulation.seed");
    if (seed == null) {
      return;
    }
    var outcome = Simulation.tell(seed, new Simulation.Alterations() {}, System.out::println);
    System.out.println(outcome);
    assertThat(outcome.violations()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 18, 86, 100, 638})
  void two_runs_of_a_seed_are_the_same_to_the_last_turn(long seed) throws InterruptedException {
    assertThat(Simulation.run(seed)).isEqualTo(Simulation.run(seed));
  }

  @Test
  void another_seed_is_another_run() throws InterruptedException {
    assertThat(Simulation.run(1).trace()).isNotEqualTo(Simulation.run(2).trace());
  }
}
