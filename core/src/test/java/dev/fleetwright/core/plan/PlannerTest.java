package dev.fleetwright.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.Samples;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Strategy;
import dev.fleetwright.core.environment.Strategy.Stage;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.plan.Planner.Planning;
import dev.fleetwright.core.plan.Planner.Wanted;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.target.Capability;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.core.target.TargetUnreachable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlannerTest {

  private static final Release RELEASE = release(Map.of("run.port", "${WEB_PORT}"));

  private static final Release TWO = two("1");
  private static final Release NEXT = two("2");

  private static final Strategy CANARY =
      new Strategy.Canary(List.of(new Stage.Weight(10), new Stage.Pause(Optional.empty())));

  private static final Strategy BLUE_GREEN =
      new Strategy.BlueGreen(
          List.of(new Stage.Pause(Optional.of(Duration.ofMinutes(1)))), Strategy.USUAL_KEEP);

  private final Answering edge = new Answering();
  private final Planner planner = new Planner(_ -> edge, Samples.blobs());

  @Test
  void cuts_hosts_into_batches_of_what_may_be_away_at_once() {
    edge.hosts = List.of("a", "b", "c");
    var plan = ready(environment(Policy.NONE, Map.of("max_unavailable", "2")));
    assertThat(plan.steps()).extracting(Step::words).containsExactly("edge: a, b", "edge: c");
  }

  @Test
  void a_target_without_batches_is_changed_at_once() {
    edge.hosts = List.of("a", "b", "c");
    edge.capabilities = Set.of(Capability.OBSERVE);
    assertThat(ready(environment(Policy.NONE, Map.of())).steps())
        .extracting(Step::words)
        .containsExactly("edge: everything");
  }

  @Test
  void what_would_not_change_is_no_step() {
    edge.change = Change.Kind.NONE;
    assertThat(ready(environment(Policy.NONE, Map.of())).steps()).isEmpty();
  }

  @Test
  void the_environments_variables_win_over_the_components_and_the_targets_over_both() {
    var policy =
        Policy.NONE.withVariables(new TreeMap<>(Map.of("WEB_PORT", "80", "GREETING", "hello")));
    var plan = ready(environment(policy, Map.of("variables.WEB_PORT", "81")));
    var settings = planner.load(plan.target("edge").to()).component("web").orElseThrow().settings();
    assertThat(settings.text("run.port")).contains("81");
    assertThat(settings.text("run.variables.GREETING")).contains("hello");
    assertThat(settings.text("run.variables.OWN")).contains("own");
  }

  @Test
  void a_name_that_nobody_knows_is_left_for_the_target() {
    var plan = ready(environment(Policy.NONE, Map.of()));
    assertThat(
            planner
                .load(plan.target("edge").to())
                .component("web")
                .orElseThrow()
                .settings()
                .text("run.port"))
        .contains("${WEB_PORT}");
  }

  @Test
  void equal_plans_have_equal_hashes_and_can_be_read_back() {
    var plan = ready(environment(Policy.NONE, Map.of()));
    assertThat(ready(environment(Policy.NONE, Map.of())).hash()).isEqualTo(plan.hash());
    assertThat(Plan.of(plan.bytes())).isEqualTo(plan);
  }

  @Test
  void a_target_that_runs_something_else_gives_another_hash() {
    var plan = ready(environment(Policy.NONE, Map.of()));
    edge.runs = Samples.V1;
    assertThat(ready(environment(Policy.NONE, Map.of())).hash()).isNotEqualTo(plan.hash());
  }

  @Test
  void what_a_target_cannot_do_is_refused_while_planning() {
    edge.capabilities = Set.of(Capability.OBSERVE);
    var answer =
        planner.plan(
            environment(Policy.NONE, Map.of()), new Wanted.Stop(Optional.empty()), List.of());
    assertThat(answer)
        .isEqualTo(new Planning.Impossible(List.of("target `edge` (fake) cannot be taken down")));
  }

  @Test
  void an_unreachable_target_is_not_an_impossible_one() {
    edge.away = true;
    assertThat(
            planner.plan(
                environment(Policy.NONE, Map.of()),
                new Wanted.Start(RELEASE, Optional.empty()),
                List.of()))
        .isInstanceOf(Planning.NotNow.class);
  }

  @Test
  void an_environment_without_anything_to_deploy_to_says_what_to_do() {
    var bare = environment(Policy.NONE, Map.of());
    var none =
        new Environment(
            1,
            bare.project(),
            bare.name(),
            bare.slug(),
            bare.tier(),
            bare.state(),
            bare.url(),
            bare.policy(),
            List.of(),
            bare.autoStopAt(),
            bare.createdAt());
    assertThat(planner.plan(none, new Wanted.Start(RELEASE, Optional.empty()), List.of()))
        .isInstanceOfSatisfying(
            Planning.Impossible.class,
            no -> assertThat(no.reasons().getFirst()).contains("give it a target"));
  }

  @ParameterizedTest
  @CsvSource({"1,3,1", "2,3,2", "9,3,3", "25%,3,1", "25%,8,2", "50%,3,1", "100%,3,3", "1%,3,1"})
  void max_unavailable_is_a_number_or_a_share_rounded_down(
      String setting, int hosts, int expected) {
    assertThat(Course.atOnce("edge", setting, hosts)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "101%", "many", "%", ""})
  void another_max_unavailable_is_refused(String setting) {
    assertThatThrownBy(() -> Course.atOnce("edge", setting, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write a number");
  }

  @Test
  void a_canary_by_hosts_takes_its_share_rounded_up_and_keeps_one_back_until_the_end() {
    edge.runs = Samples.V1;
    edge.hosts = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    var canary =
        new Strategy.Canary(
            List.of(
                new Stage.Weight(5),
                new Stage.Pause(Optional.of(Duration.ofMinutes(5))),
                new Stage.Weight(30),
                new Stage.Pause(Optional.empty())));
    var environment = environment(Policy.NONE.with(canary), Map.of("max_unavailable", "3"));
    assertThat(ready(environment).steps())
        .extracting(Step::words)
        .containsExactly(
            "edge: a",
            "canary at 5%: hold for 5 min",
            "edge: b, c",
            "canary at 30%: hold until somebody says go on",
            "edge: d, e, f",
            "edge: g, h, i",
            "edge: j");
  }

  @ParameterizedTest
  @CsvSource({"1,2,1", "50,2,1", "99,2,1", "100,2,2", "10,10,1", "11,10,2", "99,10,9", "33,3,1"})
  void a_share_of_hosts_is_rounded_up_and_is_never_all_of_them(
      int percent, int hosts, int expected) {
    assertThat(Course.reached(percent, hosts)).isEqualTo(expected);
  }

  @Test
  void a_canary_on_one_host_is_refused_with_what_it_can_instead() {
    edge.runs = Samples.V1;
    edge.capabilities = Set.of(Capability.OBSERVE, Capability.ROLL_BACK, Capability.BATCHES);
    assertThat(refused(CANARY))
        .containsExactly(
            "target `edge` (fake) cannot begin with a part of itself: it has only one instance; use"
                + " `strategy: rolling` for this environment");
  }

  @Test
  void a_canary_by_callers_grows_their_share() {
    edge.runs = Samples.V1;
    var canary =
        new Strategy.Canary(
            List.of(
                new Stage.Weight(10),
                new Stage.Pause(Optional.of(Duration.ofMinutes(5))),
                new Stage.Weight(50)));
    var plan = ready(environment(Policy.NONE.with(canary), Map.of()));
    assertThat(plan.steps())
        .extracting(Step::words)
        .containsExactly(
            "edge: 10% of the callers",
            "canary at 10%: hold for 5 min", "edge: 50% of the callers", "edge: everything");
    assertThat(Plan.of(plan.bytes())).isEqualTo(plan);
  }

  @Test
  void blue_green_stands_by_is_looked_at_and_switches() {
    edge.runs = Samples.V1;
    var plan = ready(environment(Policy.NONE.with(BLUE_GREEN), Map.of()));
    assertThat(plan.steps())
        .extracting(Step::words)
        .containsExactly(
            "edge: bring it up beside what runs, without callers",
            "before the switch: hold for 1 min",
            "edge: send all callers to it, and keep what ran for 30 min");
    assertThat(Plan.of(plan.bytes())).isEqualTo(plan);
  }

  @Test
  void where_nothing_runs_there_is_nobody_to_share_with() {
    assertThat(ready(environment(Policy.NONE.with(CANARY), Map.of())).steps())
        .extracting(Step::words)
        .containsExactly("edge: everything");
    assertThat(ready(environment(Policy.NONE.with(BLUE_GREEN), Map.of())).steps())
        .extracting(Step::words)
        .containsExactly("edge: everything");
  }

  @Test
  void a_first_deploy_to_hosts_has_no_stages() {
    edge.hosts = List.of("a", "b");
    assertThat(ready(environment(Policy.NONE.with(CANARY), Map.of())).steps())
        .extracting(Step::words)
        .containsExactly("edge: a", "edge: b");
  }

  @Test
  void blue_green_is_refused_where_there_is_no_standing_by() {
    edge.capabilities = Set.of(Capability.OBSERVE, Capability.ROLL_BACK, Capability.BATCHES);
    assertThat(refused(BLUE_GREEN))
        .singleElement()
        .asString()
        .startsWith(
            "target `edge` (fake) cannot bring a release up beside the one that runs: it has no"
                + " room for two");
  }

  @Test
  void an_objection_of_the_target_is_the_reason() {
    edge.runs = Samples.V1;
    edge.objection = Optional.of("has no port");
    assertThat(refused(CANARY))
        .containsExactly(
            "target `edge` (fake) cannot begin with a part of the callers: it has no port; use"
                + " `strategy: rolling` for this environment");
  }

  @Test
  void a_canary_that_a_cancelled_deploy_left_is_ended_also_when_nothing_else_changes() {
    edge.change = Change.Kind.NONE;
    edge.runs = Samples.V1;
    edge.beside = Optional.of(new Observation.Beside(Samples.V2.digest(), 10, List.of()));
    assertThat(ready(environment(Policy.NONE, Map.of())).steps())
        .extracting(Step::words)
        .containsExactly("edge: everything");
  }

  @Test
  void targets_move_through_the_stages_together() {
    edge.runs = Samples.V1;
    edge.hosts = List.of("a", "b");
    var environment =
        environment(
            Policy.NONE.with(CANARY),
            List.of(
                new TargetBinding("edge", "fake", Settings.NONE),
                new TargetBinding("core", "fake", Settings.NONE)));
    assertThat(ready(environment).steps())
        .extracting(Step::words)
        .containsExactly(
            "edge: a",
            "core: a",
            "canary at 10%: hold until somebody says go on",
            "edge: b",
            "core: b");
  }

  @Test
  void only_the_named_components_are_brought_and_the_others_are_those_that_are_known_to_work() {
    var before =
        planned(environment(Policy.NONE, Map.of()), new Wanted.Start(TWO, Optional.empty()));
    var live =
        List.of(
            new Live(
                "edge",
                before.target("edge").to(),
                Optional.of(6L),
                1,
                Instant.EPOCH,
                false,
                before.target("edge").to()));
    var only = new Wanted.Start(NEXT, Optional.empty(), new TreeSet<>(Set.of("nginx")));
    var answer = planner.plan(environment(Policy.NONE, Map.of()), only, live);
    assertThat(answer).isInstanceOf(Planning.Ready.class);
    var plan = ((Planning.Ready) answer).plan();
    var to = planner.load(plan.target("edge").to());
    assertThat(to.component("nginx")).isEqualTo(component(NEXT, "nginx"));
    assertThat(to.component("web")).isEqualTo(component(TWO, "web"));
    assertThat(plan.target("edge").from()).isEqualTo(before.target("edge").to());
    assertThat(plan.label()).endsWith(", only nginx");
  }

  @Test
  void a_component_that_does_not_run_here_cannot_be_the_only_one() {
    var only = new Wanted.Start(RELEASE, Optional.empty(), new TreeSet<>(Set.of("nginx")));
    assertThat(planner.plan(environment(Policy.NONE, Map.of()), only, List.of()))
        .isEqualTo(
            new Planning.Impossible(
                List.of(
                    "target `edge`: there is no component `nginx` among those that run here: web")));
  }

  @Test
  void a_script_is_not_run_for_a_part_of_a_release() {
    var script = new Component("deploy", List.of(), Settings.NONE);
    var only = new Wanted.Start(RELEASE, Optional.of(script), new TreeSet<>(Set.of("web")));
    assertThat(planner.plan(environment(Policy.NONE, Map.of()), only, List.of()))
        .isInstanceOfSatisfying(
            Planning.Impossible.class,
            no -> assertThat(no.reasons().getFirst()).contains("runs wholly or not at all"));
  }

  private static Optional<Component> component(Release release, String name) {
    return release.components().stream().filter(c -> c.name().equals(name)).findFirst();
  }

  private static Release two(String version) {
    return new Release(
        8,
        Samples.SHOP,
        8,
        new CommitSha("b".repeat(40)),
        "main",
        version,
        "ann",
        1,
        List.of(
            new Component("web", List.of(), Settings.of(Map.of("image", "web:" + version))),
            new Component("nginx", List.of(), Settings.of(Map.of("image", "nginx:" + version)))),
        Instant.EPOCH);
  }

  @Test
  void a_way_back_has_no_stages() {
    edge.hosts = List.of("a", "b", "c");
    var there = planned(environment(Policy.NONE, Map.of()), start());
    var back =
        new Wanted.GoBack(
            Optional.of(7L), "shop", new TreeMap<>(Map.of("edge", there.target("edge").to())));
    assertThat(planned(environment(Policy.NONE.with(CANARY), Map.of()), back).steps())
        .extracting(Step::words)
        .containsExactly("edge: a", "edge: b", "edge: c");
  }

  @Test
  void a_rolling_deploy_may_pause_between_batches() {
    edge.hosts = List.of("a", "b", "c");
    var rolling = new Strategy.Rolling(Optional.of("2"), Duration.ofSeconds(30));
    assertThat(ready(environment(Policy.NONE.with(rolling), Map.of())).steps())
        .extracting(Step::words)
        .containsExactly("edge: a, b", "edge in part: hold for 30 s", "edge: c");
  }

  @Test
  void all_at_once_is_one_step_also_on_many_hosts() {
    edge.hosts = List.of("a", "b", "c");
    assertThat(ready(environment(Policy.NONE.with(new Strategy.AllAtOnce()), Map.of())).steps())
        .extracting(Step::words)
        .containsExactly("edge: everything");
  }

  @Test
  void a_canary_whose_weights_do_not_grow_is_none() {
    assertThatThrownBy(
            () -> new Strategy.Canary(List.of(new Stage.Weight(50), new Stage.Weight(20))))
        .hasMessage("weights have to grow, up to 100%; after 50% comes 20%");
  }

  private Plan ready(Environment environment) {
    return planned(environment, start());
  }

  private Plan planned(Environment environment, Wanted wanted) {
    var answer = planner.plan(environment, wanted, List.of());
    assertThat(answer).isInstanceOf(Planning.Ready.class);
    return ((Planning.Ready) answer).plan();
  }

  private List<String> refused(Strategy strategy) {
    var answer =
        planner.plan(environment(Policy.NONE.with(strategy), Map.of()), start(), List.of());
    assertThat(answer).isInstanceOf(Planning.Impossible.class);
    return ((Planning.Impossible) answer).reasons();
  }

  private static Wanted start() {
    return new Wanted.Start(RELEASE, Optional.empty());
  }

  private static Environment environment(Policy policy, Map<String, String> settings) {
    return environment(policy, List.of(new TargetBinding("edge", "fake", Settings.of(settings))));
  }

  private static Environment environment(Policy policy, List<TargetBinding> targets) {
    return new Environment(
        1,
        Samples.SHOP,
        Samples.PRODUCTION,
        EnvironmentSlug.of(Samples.PRODUCTION),
        Tier.PRODUCTION,
        EnvironmentState.AVAILABLE,
        Optional.empty(),
        policy,
        targets,
        Optional.empty(),
        Instant.EPOCH);
  }

  private static Release release(Map<String, String> settings) {
    var all = new TreeMap<>(settings);
    all.put("run.variables.OWN", "own");
    return new Release(
        7,
        Samples.SHOP,
        7,
        new CommitSha("a".repeat(40)),
        "main",
        "title",
        "ann",
        1,
        List.of(new Component("web", List.of(), Settings.of(all))),
        Instant.EPOCH);
  }

  /// A target that answers as it is told.
  private static final class Answering implements Target {
    List<String> hosts = List.of("a");
    Set<Capability> capabilities = Set.of(Capability.values());
    Change.Kind change = Change.Kind.UPDATE;
    Revision runs = Revision.EMPTY;
    Optional<Observation.Beside> beside = Optional.empty();
    Optional<String> objection = Optional.empty();
    boolean away;

    @Override
    public Optional<String> objection(Place place, Revision desired, Slice slice) {
      return objection;
    }

    @Override
    public Set<Capability> capabilities() {
      return capabilities;
    }

    @Override
    public Observation observe(Place place) {
      return new Observation(
          runs.components().stream()
              .map(c ->
                  new Observation.Instance(
                      hosts.getFirst(),
                      c.name(),
                      c.digest(),
                      dev.fleetwright.core.target.Health.HEALTHY,
                      "",
                      ""))
              .toList(),
          hosts,
          beside);
    }

    @Override
    public Preview preview(Place place, Revision desired) {
      if (away) {
        throw new TargetUnreachable("asking edge", new IOException("no route"));
      }
      return new Preview.Possible(List.of(new Change(change, "web", List.of())), observe(place));
    }

    @Override
    public Outcome apply(Order order, Place place, Revision desired, Slice slice) {
      throw new AssertionError("planning touches nothing");
    }

    @Override
    public Outcome remove(Order order, Place place) {
      throw new AssertionError("planning touches nothing");
    }
  }
}
