package dev.fleetwright.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.ApplyId;
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
import dev.fleetwright.core.target.Outcome.Later;
import dev.fleetwright.core.target.Outcome.Refused;
import dev.fleetwright.core.target.Outcome.Unknown;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What every [Target] must prove. Extend it, hand over a fresh target, and add nothing that the
/// engine could not rely on for all targets.
///
/// Components are real programs that note their starts in a [Diary], so a clause compares what a
/// target claims with what runs. A target that does not run programs of this machine overrides
/// [#component], [#neverHealthy] and [#alive].
@Timeout(90)
public abstract class TargetContract {

  private static final Slice EVERYTHING = Slice.all();

  @TempDir private Path temporary = Path.of("");
  private final List<Target> opened = new ArrayList<>();
  private long deploys;

  // JUnit calls beGreeted() before each test; until then there is nothing to ask.
  @SuppressWarnings("NullAway.Init")
  private Diary diary;

  @SuppressWarnings("NullAway.Init")
  private DirectoryBlobs blobs;

  /// A target on which nothing was ever deployed, in a state of its own for each test. It reads
  /// files from [#blobs].
  protected abstract Target freshTarget() throws IOException;

  /// The same target, as a second server would reach it after the first one died.
  protected abstract Target reopened(Target target) throws IOException;

  /// Make the next change reach the far side and its answer get lost. A target that cannot be kept
  /// from answering has nothing to prove here.
  protected void loseNextAnswer(Target target) throws IOException {
    abort("skipped: no answer of this target can get lost");
  }

  /// A port that this component shall listen on. Empty leaves it to the target; one that cannot
  /// choose gets a free one.
  protected Map<String, String> port(String component) {
    return Map.of();
  }

  /// A component that becomes healthy. Two versions of it differ in their command and in nothing
  /// else.
  protected Component component(String name, String version) throws IOException {
    return speaker(name, version, "/healthz", "20 s");
  }

  /// A component that starts and is never healthy.
  protected Component neverHealthy(String name, String version) throws IOException {
    return speaker(name, version, "/never", "2 s");
  }

  /// Who really runs, such as `web v1`, sorted; once for each process.
  protected List<String> alive() {
    return diary.alive();
  }

  /// How long a target may take until what it did is seen: what it stops may be draining.
  protected Duration patience() {
    return Duration.ofSeconds(20);
  }

  /// Where the files of components are.
  protected final DirectoryBlobs blobs() {
    return blobs;
  }

  /// What the components of this test note about themselves.
  protected final Diary diary() {
    return diary;
  }

  /// The place that clauses use.
  protected final Place place() {
    return place("production");
  }

  /// A place of its own.
  protected final Place place(String environment) {
    return new Place(new ProjectName("shop"), new EnvironmentSlug(environment), "here");
  }

  /// A new deploy's order, from the holder of this fencing token.
  protected final Order order(long fencingToken) {
    return new Order(new ApplyId(++deploys, 0, false), fencingToken, _ -> {});
  }

  /// A new deploy's order.
  protected final Order order() {
    return order(7);
  }

  /// A component that runs the [Speaker].
  protected final Component speaker(String name, String version, String probe, String within)
      throws IOException {
    var settings = new TreeMap<String, String>();
    // The JDK of the tests, not the PATH's: an older one could not read the class file.
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx24m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            ".",
            Speaker.class.getName(),
            name,
            version);
    for (var i = 0; i < command.size(); i++) {
      settings.put("run.command." + i, command.get(i));
    }
    settings.put("run.health.http", probe);
    settings.put("run.health.within", within);
    settings.put("run.stop_within", "5 s");
    settings.put("run.variables.DIARY", diary.folder().toString());
    settings.putAll(port(name));
    return new Component(name, List.of(speakerFile()), Settings.of(settings));
  }

  private TreeEntry speakerFile() throws IOException {
    var path = Speaker.class.getName().replace('.', '/') + ".class";
    try (var in = Objects.requireNonNull(Speaker.class.getResourceAsStream("/" + path), path)) {
      var bytes = in.readAllBytes();
      return new TreeEntry.File(path, blobs.put(bytes), bytes.length, false);
    }
  }

  @BeforeEach
  final void prepare() throws IOException {
    diary = new Diary(temporary.resolve("diary"));
    blobs = new DirectoryBlobs(temporary.resolve("blobs"));
  }

  @AfterEach
  final void clear() {
    for (var target : opened) {
      for (var environment : List.of("production", "staging")) {
        target.remove(order(Long.MAX_VALUE), place(environment));
      }
    }
    diary.killAll();
  }

  private Target fresh() throws IOException {
    var target = freshTarget();
    opened.add(target);
    return target;
  }

  @Test
  protected void a_fresh_target_runs_nothing() throws IOException {
    var seen = fresh().observe(place());
    assertThat(seen.instances()).isEmpty();
    assertThat(seen.hosts()).isNotEmpty();
    assertThat(seen.shows(Revision.EMPTY, EVERYTHING)).isTrue();
  }

  @Test
  protected void runs_what_was_applied() throws IOException {
    var target = fresh();
    var v1 = revision("v1", "web", "worker");
    mustApply(target, v1);
    assertRuns(target, v1, "web v1", "worker v1");
  }

  @Test
  protected void runs_the_newer_of_two() throws IOException {
    var target = fresh();
    mustApply(target, revision("v1", "web"));
    var v2 = revision("v2", "web");
    mustApply(target, v2);
    assertRuns(target, v2, "web v2");
  }

  @Test
  protected void applying_twice_is_applying_once() throws IOException {
    var target = fresh();
    var v1 = revision("v1", "web");
    var order = order();
    assertApplied(target.apply(order, place(), v1, EVERYTHING));
    var before = diary.starts();
    assertApplied(reopened(target).apply(order, place(), v1, EVERYTHING));
    assertThat(diary.starts()).isEqualTo(before);
    assertRuns(target, v1, "web v1");
  }

  @Test
  protected void an_unchanged_component_is_not_restarted() throws IOException {
    var target = fresh();
    mustApply(target, revision("v1", "web", "worker"));
    var before = diary.starts("worker v1");
    var v2 = new Revision(List.of(component("web", "v2"), component("worker", "v1")));
    mustApply(target, v2);
    assertThat(diary.starts("worker v1")).isEqualTo(before);
    assertRuns(target, v2, "web v2", "worker v1");
  }

  @Test
  protected void a_lost_answer_is_unknown_or_settled_and_observing_tells_the_truth()
      throws IOException {
    var target = fresh();
    mustApply(target, revision("v1", "web"));
    var v2 = revision("v2", "web");
    var order = order();
    loseNextAnswer(target);
    switch (target.apply(order, place(), v2, EVERYTHING)) {
      case Applied _ -> assertRuns(target, v2, "web v2");
      case Unknown(var during, _) -> assertThat(during).isNotBlank();
      case Refused(var reason) -> throw new AssertionError("refused: " + reason);
      case Later(var reason, _) -> throw new AssertionError("not now: " + reason);
    }
    var second = reopened(target);
    if (target.capabilities().contains(Capability.OBSERVE)) {
      assertSettles(second, "web v1", "web v2");
    }
    assertApplied(second.apply(order, place(), v2, EVERYTHING));
    assertRuns(second, v2, "web v2");
  }

  @Test
  protected void goes_back_or_says_why_not() throws IOException {
    var target = fresh();
    var v1 = revision("v1", "web");
    var v2 = revision("v2", "web");
    mustApply(target, v1);
    mustApply(target, v2);
    var answer = target.apply(order(), place(), v1, EVERYTHING);
    if (target.capabilities().contains(Capability.ROLL_BACK)) {
      assertApplied(answer);
      assertRuns(target, v1, "web v1");
    } else {
      assertRefused(answer);
      assertRuns(target, v2, "web v2");
    }
  }

  @Test
  protected void a_refused_apply_leaves_what_ran_before() throws IOException {
    var target = fresh();
    var v1 = revision("v1", "web", "worker");
    mustApply(target, v1);
    var broken = new Revision(List.of(component("web", "v2"), neverHealthy("worker", "v2")));
    assertRefused(target.apply(order(), place(), broken, EVERYTHING));
    assertRuns(target, v1, "web v1", "worker v1");
  }

  @Test
  protected void a_refused_first_apply_leaves_nothing() throws IOException {
    var target = fresh();
    var broken = new Revision(List.of(neverHealthy("web", "v1")));
    assertRefused(target.apply(order(), place(), broken, EVERYTHING));
    assertRuns(target, Revision.EMPTY);
  }

  @Test
  protected void named_components_change_and_no_others() throws IOException {
    var target = fresh();
    var v1 = revision("v1", "web", "worker", "cron");
    mustApply(target, v1);
    var v2 = revision("v2", "web", "worker");
    var slice = new Slice.Components(new TreeSet<>(Set.of("web", "cron")));
    var before = diary.starts("worker v1");
    var answer = target.apply(order(), place(), v2, slice);
    if (target.capabilities().contains(Capability.COMPONENTS)) {
      assertApplied(answer);
      assertThat(diary.starts("worker v1")).isEqualTo(before);
      assertRuns(target, v1.after(v2, slice), "web v2", "worker v1");
    } else {
      assertRefused(answer);
      assertRuns(target, v1, "cron v1", "web v1", "worker v1");
    }
  }

  @Test
  protected void a_batch_changes_its_instances_and_no_others() throws IOException {
    var target = fresh();
    var v1 = revision("v1", "web");
    var v2 = revision("v2", "web");
    mustApply(target, v1);
    var hosts = possible(target.preview(place(), v2)).instances();
    var first = new Slice.Batch(hosts.subList(0, 1));
    var answer = target.apply(order(), place(), v2, first);
    if (!target.capabilities().contains(Capability.BATCHES)) {
      assertRefused(answer);
      assertRuns(target, v1, "web v1");
      return;
    }
    assertApplied(answer);
    assertThat(hosts).as("instances to make batches of").hasSizeGreaterThan(1);
    var others = new Slice.Batch(hosts.subList(1, hosts.size()));
    var seen = target.observe(place());
    assertThat(seen.shows(v2, first)).isTrue();
    assertThat(seen.shows(v1, others)).isTrue();
    var expected = new ArrayList<>(Collections.nCopies(hosts.size() - 1, "web v1"));
    expected.add("web v2");
    assertAlive(expected);
    assertApplied(target.apply(order(), place(), v2, others));
    assertRuns(target, v2, "web v2");
  }

  @Test
  protected void a_share_is_up_beside_what_runs_and_has_its_callers() throws IOException {
    var target = fresh();
    var v1 = revision("v1", "web");
    var v2 = revision("v2", "web");
    mustApply(target, v1);
    var share = new Slice.Share(30);
    var answer = target.apply(order(), place(), v2, share);
    if (!target.capabilities().contains(Capability.SHARES)) {
      assertRefused(answer);
      assertRuns(target, v1, "web v1");
      return;
    }
    assertApplied(answer);
    assertBeside(reopened(target), v1, v2, share);
    assertThat(callersOf(target, "web v2", 100)).as("of 100 callers").isBetween(20, 40);
    var before = diary.starts();
    var more = new Slice.Share(60);
    assertApplied(target.apply(order(), place(), v2, more));
    assertBeside(target, v1, v2, more);
    assertThat(callersOf(target, "web v2", 100)).as("of 100 callers").isBetween(50, 70);
    assertThat(diary.starts()).isEqualTo(before);
    mustApply(target, v2);
    assertRuns(target, v2, "web v2");
    assertThat(callersOf(target, "web v2", 20)).isEqualTo(20);
  }

  @Test
  protected void taking_a_share_back_leaves_what_ran_untouched() throws IOException {
    var target = fresh();
    assumeTrue(target.capabilities().contains(Capability.SHARES), "skipped: it has no shares");
    var v1 = revision("v1", "web");
    mustApply(target, v1);
    var share = new Slice.Share(50);
    assertApplied(target.apply(order(), place(), revision("v2", "web"), share));
    var before = diary.starts("web v1");
    assertApplied(reopened(target).apply(order(), place(), v1, share));
    assertRuns(target, v1, "web v1");
    assertThat(target.observe(place()).shows(v1, EVERYTHING)).isTrue();
    assertThat(diary.starts("web v1")).isEqualTo(before);
    assertThat(callersOf(target, "web v1", 20)).isEqualTo(20);
  }

  @Test
  protected void a_refused_share_leaves_what_ran_before() throws IOException {
    var target = fresh();
    assumeTrue(target.capabilities().contains(Capability.SHARES), "skipped: it has no shares");
    var v1 = revision("v1", "web");
    mustApply(target, v1);
    var broken = new Revision(List.of(neverHealthy("web", "v2")));
    assertRefused(target.apply(order(), place(), broken, new Slice.Share(50)));
    assertRuns(target, v1, "web v1");
    assertThat(target.observe(place()).beside()).isEmpty();
  }

  @Test
  protected void a_standby_has_no_callers_and_the_way_back_from_a_switch_starts_nothing()
      throws IOException {
    var target = fresh();
    var v1 = revision("v1", "web");
    var v2 = revision("v2", "web");
    mustApply(target, v1);
    var standby = new Slice.Standby();
    var answer = target.apply(order(), place(), v2, standby);
    if (!target.capabilities().contains(Capability.STANDBY)) {
      assertRefused(answer);
      assertRuns(target, v1, "web v1");
      return;
    }
    assertApplied(answer);
    assertBeside(reopened(target), v1, v2, standby);
    assertThat(callersOf(target, "web v1", 20)).isEqualTo(20);
    var before = diary.starts();
    var change = new Slice.Switch(Duration.ofMinutes(5));
    assertApplied(target.apply(order(), place(), v2, change));
    assertThat(target.observe(place()).shows(v2, change)).isTrue();
    assertThat(target.observe(place()).shows(v2, EVERYTHING)).isTrue();
    assertThat(callersOf(target, "web v2", 20)).isEqualTo(20);
    assertAlive(onEachHost(target, "web v1", "web v2"));
    assertApplied(reopened(target).apply(order(), place(), v1, EVERYTHING));
    assertThat(callersOf(target, "web v1", 20)).isEqualTo(20);
    assertThat(diary.starts()).as("the way back started nothing").isEqualTo(before);
    assertRuns(target, v1, "web v1");
  }

  private void assertBeside(Target target, Revision runs, Revision beside, Slice slice) {
    var seen = target.observe(place());
    assertThat(seen.shows(beside, slice)).as("%s in %s", slice, seen).isTrue();
    assertThat(seen.shows(runs, slice)).isFalse();
    assertThat(seen.shows(runs, EVERYTHING)).isFalse();
    assertThat(seen.shows(beside, EVERYTHING)).isFalse();
    assertThat(seen.complaint()).isEmpty();
    assertAlive(onEachHost(target, "web v1", "web v2"));
  }

  private List<String> onEachHost(Target target, String... who) {
    var hosts = target.observe(place()).hosts();
    return Arrays.stream(who).flatMap(w -> hosts.stream().map(_ -> w)).toList();
  }

  private int callersOf(Target target, String who, int calls) throws IOException {
    var count = 0;
    for (var i = 0; i < calls; i++) {
      if (call(target, who.substring(0, who.indexOf(' '))).equals(who)) {
        count++;
      }
    }
    return count;
  }

  /// What answers a caller of a component, such as `web v1`: the caller comes to where the target
  /// says that what runs answers.
  protected String call(Target target, String component) throws IOException {
    var endpoint =
        target.observe(place()).instances().stream()
            .filter(i -> i.component().equals(component))
            .map(Instance::endpoint)
            .findFirst()
            .orElseThrow();
    return get(endpoint + "/");
  }

  /// What a GET of this address answers.
  protected static String get(String address) throws IOException {
    var connection = (HttpURLConnection) URI.create(address).toURL().openConnection();
    connection.setRequestProperty("Connection", "close");
    try (var in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
    } finally {
      connection.disconnect();
    }
  }

  @Test
  protected void an_empty_revision_takes_components_away() throws IOException {
    var target = fresh();
    mustApply(target, revision("v1", "web"));
    mustApply(target, Revision.EMPTY);
    assertRuns(target, Revision.EMPTY);
  }

  @Test
  protected void a_component_that_the_revision_lacks_goes() throws IOException {
    var target = fresh();
    mustApply(target, revision("v1", "web", "worker"));
    var v2 = revision("v1", "web");
    mustApply(target, v2);
    assertRuns(target, v2, "web v1");
  }

  @Test
  protected void removing_takes_everything_away_and_repeats_harmlessly() throws IOException {
    var target = fresh();
    var v1 = revision("v1", "web", "worker");
    mustApply(target, v1);
    var order = order();
    var answer = target.remove(order, place());
    if (!target.capabilities().contains(Capability.REMOVE)) {
      assertRefused(answer);
      assertRuns(target, v1, "web v1", "worker v1");
      return;
    }
    assertApplied(answer);
    assertRuns(target, Revision.EMPTY);
    assertApplied(reopened(target).remove(order, place()));
    assertApplied(target.remove(order(), place()));
    assertRuns(target, Revision.EMPTY);
    mustApply(target, v1);
    assertRuns(target, v1, "web v1", "worker v1");
  }

  @Test
  protected void a_preview_touches_nothing() throws IOException {
    var target = fresh();
    possible(target.preview(place(), revision("v1", "web")));
    assertRuns(target, Revision.EMPTY);
    var v1 = revision("v1", "web");
    mustApply(target, v1);
    var before = diary.starts();
    var seen = target.observe(place());
    var preview = possible(target.preview(place(), revision("v2", "web")));
    assertThat(preview.basis().basis()).isEqualTo(seen.basis());
    assertThat(diary.starts()).isEqualTo(before);
    assertRuns(target, v1, "web v1");
  }

  @Test
  protected void a_preview_names_what_applying_then_does() throws IOException {
    var target = fresh();
    var v1 = revision("v1", "cron", "web", "worker");
    assertThat(kinds(target.preview(place(), v1), "cron", "web", "worker"))
        .containsOnly(
            Map.entry("cron", Change.Kind.CREATE),
            Map.entry("web", Change.Kind.CREATE),
            Map.entry("worker", Change.Kind.CREATE));
    mustApply(target, v1);
    var before = diary.starts("worker v1");
    var v2 =
        new Revision(
            List.of(component("web", "v2"), component("worker", "v1"), component("mail", "v2")));
    assertThat(kinds(target.preview(place(), v2), "cron", "mail", "web", "worker"))
        .containsOnly(
            Map.entry("cron", Change.Kind.DELETE),
            Map.entry("mail", Change.Kind.CREATE),
            Map.entry("web", Change.Kind.UPDATE),
            Map.entry("worker", Change.Kind.NONE));
    mustApply(target, v2);
    assertThat(diary.starts("worker v1")).isEqualTo(before);
    assertRuns(target, v2, "mail v2", "web v2", "worker v1");
    assertThat(kinds(target.preview(place(), v2), "mail", "web", "worker").values())
        .containsOnly(Change.Kind.NONE);
  }

  @Test
  protected void an_older_fencing_token_is_refused() throws IOException {
    var target = fresh();
    var v1 = revision("v1", "web");
    assertApplied(target.apply(order(5), place(), v1, EVERYTHING));
    assertRefused(target.apply(order(4), place(), revision("v2", "web"), EVERYTHING));
    assertRefused(reopened(target).apply(order(4), place(), Revision.EMPTY, EVERYTHING));
    if (target.capabilities().contains(Capability.REMOVE)) {
      assertRefused(target.remove(order(4), place()));
    }
    assertRuns(target, v1, "web v1");
  }

  @Test
  protected void two_places_do_not_see_each_other() throws IOException {
    var target = fresh();
    var v1 = revision("v1", "web");
    assertApplied(target.apply(order(), place("production"), v1, EVERYTHING));
    assertThat(target.observe(place("staging")).instances()).isEmpty();
    var cron = revision("v9", "cron");
    assertApplied(target.apply(order(3), place("staging"), cron, EVERYTHING));
    assertThat(target.observe(place("staging")).shows(cron, EVERYTHING)).isTrue();
    assertThat(target.observe(place("production")).shows(v1, EVERYTHING)).isTrue();
    if (target.capabilities().contains(Capability.REMOVE)) {
      assertApplied(target.remove(order(), place("staging")));
    } else {
      assertApplied(target.apply(order(), place("staging"), Revision.EMPTY, EVERYTHING));
    }
    assertRuns(target, v1, "web v1");
  }

  @Test
  protected void a_dead_component_is_not_called_healthy_and_applying_again_revives_it()
      throws IOException {
    var target = fresh();
    assumeTrue(
        target.capabilities().contains(Capability.OBSERVE), "skipped: the target cannot observe");
    var v1 = revision("v1", "web");
    mustApply(target, v1);
    diary.keepDown("web");
    diary.kill("web");
    Eventually.within(
        patience(),
        () -> "down or failing, but " + target.observe(place()).instances(),
        () ->
            target.observe(place()).instances().stream()
                .allMatch(i -> Set.of(Health.DOWN, Health.FAILING).contains(i.health())));
    assertThat(target.observe(place()).instances()).extracting(Instance::component).contains("web");
    diary.letLive("web");
    mustApply(target, v1);
    assertRuns(target, v1, "web v1");
  }

  @Test
  protected void gives_what_components_print_or_has_no_logs() throws IOException {
    var target = fresh();
    mustApply(target, revision("v1", "web"));
    var logs = target.logs();
    assertThat(logs.isPresent()).isEqualTo(target.capabilities().contains(Capability.LOGS));
    if (logs.isPresent()) {
      var lines = logs.get();
      Eventually.within(
          patience(),
          () -> "printed, but " + lines.last(place(), "web", 10),
          () ->
              lines.last(place(), "web", 10).stream()
                  .map(Logs.Line::text)
                  .anyMatch("web v1 speaks"::equals));
      assertThat(lines.last(place(), "nobody", 10)).isEmpty();
    }
  }

  /// A revision of components that all have this version.
  protected final Revision revision(String version, String... components) throws IOException {
    var parts = new ArrayList<Component>();
    for (var name : components) {
      parts.add(component(name, version));
    }
    return new Revision(parts);
  }

  /// Apply it wholly, as a deploy of its own.
  protected final void mustApply(Target target, Revision revision) {
    assertApplied(target.apply(order(), place(), revision, EVERYTHING));
  }

  /// The answer is yes.
  protected static void assertApplied(Outcome answer) {
    assertThat(answer).isInstanceOf(Applied.class);
  }

  /// The answer is no, with a reason that a person can read.
  protected static void assertRefused(Outcome answer) {
    assertThat(answer)
        .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.reason()).isNotBlank());
  }

  /// The target says that this revision runs and is healthy, and these and no others are alive,
  /// each once on each instance.
  protected final void assertRuns(Target target, Revision revision, String... who) {
    var seen = target.observe(place());
    if (target.capabilities().contains(Capability.OBSERVE)) {
      assertThat(seen.instances())
          .extracting(Instance::component, Instance::runs)
          .containsExactlyInAnyOrderElementsOf(onEachHost(seen, digests(revision)));
      assertThat(seen.complaint()).isEmpty();
    }
    assertAlive(Arrays.stream(who).flatMap(w -> seen.hosts().stream().map(_ -> w)).toList());
  }

  private static List<Tuple> onEachHost(Observation seen, Map<String, Digest> digests) {
    return seen.hosts().stream()
        .flatMap(_ -> digests.entrySet().stream().map(e -> tuple(e.getKey(), e.getValue())))
        .toList();
  }

  private static Map<String, Digest> digests(Revision revision) {
    return revision.components().stream()
        .collect(Collectors.toMap(Component::name, Component::digest));
  }

  // What was told to stop may need a moment to be gone: draining is allowed to outlast the answer.
  private void assertAlive(List<String> who) {
    var expected = who.stream().sorted().toList();
    Eventually.within(
        patience(), () -> expected + " alive, but " + alive(), () -> alive().equals(expected));
  }

  private void assertSettles(Target target, String... candidates) throws IOException {
    var byDigest = new HashMap<Digest, String>();
    for (var who : candidates) {
      var words = who.split(" ", 2);
      byDigest.put(component(words[0], words[1]).digest(), who);
    }
    Eventually.within(
        patience(),
        () -> "observed " + target.observe(place()).instances() + ", alive " + alive(),
        () -> {
          var before = alive();
          var claimed = claimed(target.observe(place()), byDigest);
          return claimed.equals(before) && alive().equals(before);
        });
  }

  private static List<String> claimed(Observation seen, Map<Digest, String> byDigest) {
    return seen.instances().stream()
        .filter(i -> EnumSet.of(Health.HEALTHY, Health.STARTING).contains(i.health()))
        .map(i -> byDigest.getOrDefault(i.runs(), i.component() + " unknown"))
        .sorted()
        .toList();
  }

  private static Preview.Possible possible(Preview preview) {
    return switch (preview) {
      case Preview.Possible possible -> possible;
      case Preview.Impossible(var reason) -> throw new AssertionError("impossible: " + reason);
    };
  }

  private static Map<String, Change.Kind> kinds(Preview preview, String... components) {
    var kinds = new TreeMap<String, Change.Kind>();
    for (var name : components) {
      var found =
          possible(preview).changes().stream()
              .filter(c ->
                  Stream.of(c.what().split(" ", -1)).findFirst().filter(name::equals).isPresent())
              .map(Change::kind)
              .distinct()
              .toList();
      assertThat(found).as("kinds of change of " + name).hasSize(1);
      kinds.put(name, found.getFirst());
    }
    return kinds;
  }
}
