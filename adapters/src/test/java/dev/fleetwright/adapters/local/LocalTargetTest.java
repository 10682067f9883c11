package dev.fleetwright.adapters.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Logs;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.Needs;
import dev.fleetwright.testkit.TargetContract;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalTargetTest extends TargetContract {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Slice EVERYTHING = Slice.all();

  @TempDir private Path data = Path.of("");

  @Override
  protected Target freshTarget() {
    return target(Map.of());
  }

  @Override
  protected Target reopened(Target target) {
    return target(Map.of());
  }

  /// The keeper dies when the new version has just started: its answer is lost, and what it did is
  /// for the next one to find out.
  @Override
  protected void loseNextAnswer(Target target) {
    var keeper = keeper();
    Thread.ofVirtual()
        .start(() -> {
          Eventually.within(PATIENCE, "web v2 starts", () -> !diary().starts("web v2").isEmpty());
          keeper.destroyForcibly();
        });
  }

  @AfterEach
  void removeWhatTestsLeft() {
    // The contract clears up after its own clauses; ours use the same place.
    assertApplied(freshTarget().remove(order(Long.MAX_VALUE), place()));
  }

  @Test
  void no_request_fails_while_callers_go_to_a_new_version() throws Exception {
    var target = freshTarget();
    mustApply(target, revision("v1", "web"));
    var uri = endpoint(target, "web");
    var answers = new ConcurrentLinkedQueue<String>();
    var enough = new AtomicBoolean();
    var callers = new ArrayList<Thread>();
    for (var i = 0; i < 3; i++) {
      callers.add(
          Thread.ofPlatform()
              .start(() -> {
                while (!enough.get()) {
                  answers.add(get(uri));
                }
              }));
    }
    var slow = new FutureTask<>(() -> get(uri.resolve("/slow")));
    Eventually.within(PATIENCE, "answers come", () -> answers.size() > 20);
    Thread.ofVirtual().start(slow);
    mustApply(target, revision("v2", "web"));
    var soFar = answers.size();
    Eventually.within(PATIENCE, "the old one is gone", () -> alive().equals(List.of("web v2")));
    Eventually.within(PATIENCE, "more answers come", () -> answers.size() > soFar + 20);
    enough.set(true);
    for (var caller : callers) {
      caller.join();
    }
    assertThat(answers).containsOnly("200 web v1", "200 web v2").contains("200 web v1");
    assertThat(List.copyOf(answers).getLast()).isEqualTo("200 web v2");
    assertThat(slow.get()).startsWith("200 web v");
    assertThat(endpoint(target, "web")).isEqualTo(uri);
  }

  @Test
  void components_outlive_the_server_and_its_process_group() throws Exception {
    var setsid = Needs.tool("setsid");
    var server =
        new ProcessBuilder(
                setsid.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DyingServer.class.getName(),
                data.toString(),
                blobs().folder().toString(),
                Files.write(diary().folder().resolve("revision"), revision("v1", "web").bytes())
                    .toString())
            .redirectErrorStream(true)
            .start();
    try (var out = server.inputReader()) {
      var line = out.readLine();
      while (line != null && !line.startsWith("answer")) {
        line = out.readLine();
      }
      assertThat(line).contains("Applied");
      kill("KILL", "-" + server.pid());
    }
    server.waitFor();
    var target = freshTarget();
    assertRuns(target, revision("v1", "web"), "web v1");
    assertThat(get(endpoint(target, "web"))).isEqualTo("200 web v1");
    assertThat(diary().starts()).hasSize(1);
  }

  @Test
  void the_next_keeper_takes_over_what_lives_and_its_ports() throws IOException {
    var target = freshTarget();
    var v1 = revision("v1", "web", "worker");
    mustApply(target, v1);
    var uri = endpoint(target, "web");
    var before = diary().starts();
    killKeeper();
    assertRuns(reopened(target), v1, "web v1", "worker v1");
    assertThat(endpoint(target, "web")).isEqualTo(uri);
    assertThat(get(uri)).isEqualTo("200 web v1");
    assertThat(diary().starts()).isEqualTo(before);
    mustApply(target, revision("v2", "web", "worker"));
    assertThat(get(uri)).isEqualTo("200 web v2");
    assertAlive("web v2", "worker v2");
  }

  @Test
  void of_a_hundred_callers_exactly_its_share_comes_to_the_new_one() throws IOException {
    var target = freshTarget();
    mustApply(target, revision("v1", "web"));
    var uri = endpoint(target, "web");
    for (var percent : List.of(1, 10, 37, 99)) {
      assertApplied(
          target.apply(order(), place(), revision("v2", "web"), new Slice.Share(percent)));
      var came = Stream.generate(() -> get(uri)).limit(100).filter("200 web v2"::equals).count();
      assertThat(came).as("of 100 callers at %d%%", percent).isEqualTo((long) percent);
    }
  }

  @Test
  void the_next_keeper_takes_over_a_canary_and_its_share() throws IOException {
    var target = freshTarget();
    mustApply(target, mixed("v1"));
    var v2 = mixed("v2");
    var share = new Slice.Share(50);
    assertApplied(target.apply(order(), place(), v2, share));
    var uri = endpoint(target, "web");
    var before = diary().starts();
    killKeeper();
    assertThat(reopened(target).observe(place()).shows(v2, share)).isTrue();
    var came = Stream.generate(() -> get(uri)).limit(20).filter("200 web v2"::equals).count();
    assertThat(came).isEqualTo(10);
    // A worker has no callers to share, so the old one goes on alone until the last stage.
    assertAlive("web v1", "web v2", "worker v1");
    assertThat(diary().starts()).isEqualTo(before);
    mustApply(target, v2);
    assertRuns(target, v2, "web v2", "worker v2");
    assertThat(diary().starts("web v2")).hasSize(1);
  }

  @Test
  void the_next_keeper_keeps_what_can_be_switched_back_to() throws IOException {
    var target = freshTarget();
    mustApply(target, revision("v1", "web"));
    assertApplied(
        target.apply(
            order(), place(), revision("v2", "web"), new Slice.Switch(Duration.ofMinutes(5))));
    assertAlive("web v1", "web v2");
    assertThat(target.observe(place()).instances().getFirst().detail())
        .contains("is kept up until");
    killKeeper();
    mustApply(reopened(target), revision("v1", "web"));
    assertRuns(target, revision("v1", "web"), "web v1");
    assertThat(diary().starts("web v1")).hasSize(1);
  }

  @Test
  void what_was_kept_to_switch_back_to_leaves_when_its_time_is_over() throws IOException {
    var target = freshTarget();
    mustApply(target, revision("v1", "web"));
    assertApplied(
        target.apply(
            order(), place(), revision("v2", "web"), new Slice.Switch(Duration.ofSeconds(1))));
    assertAlive("web v2");
    assertThat(target.observe(place()).instances().getFirst().detail()).doesNotContain("kept up");
  }

  @Test
  void callers_of_a_canary_that_died_come_to_what_runs_and_it_is_started_again()
      throws IOException {
    var target = freshTarget();
    mustApply(target, revision("v1", "web"));
    assertApplied(target.apply(order(), place(), revision("v2", "web"), new Slice.Share(50)));
    var uri = endpoint(target, "web");
    diary().keepDown("web");
    diary().starts("web v2").getLast().process().ifPresent(ProcessHandle::destroyForcibly);
    Eventually.within(PATIENCE, "it is missed", () -> !target.observe(place()).ailment().isEmpty());
    assertThat(Stream.generate(() -> get(uri)).limit(20)).containsOnly("200 web v1");
    diary().letLive("web");
    Eventually.within(PATIENCE, "it is back", () -> target.observe(place()).healthy());
    assertThat(Stream.generate(() -> get(uri)).limit(20)).contains("200 web v2");
  }

  @Test
  void a_share_of_what_has_no_callers_is_objected_to() throws IOException {
    var target = freshTarget();
    mustApply(target, worker("v1"));
    var v2 = worker("v2");
    var share = new Slice.Share(50);
    assertThat(target.objection(place(), v2, share)).get().asString().contains("no component");
    assertRefused(target.apply(order(), place(), v2, share));
    assertRuns(target, worker("v1"), "worker v1");
    assertThat(target.objection(place(), v2, EVERYTHING)).isEmpty();
  }

  @Test
  void a_preview_names_the_canary_that_would_go() throws IOException {
    var target = freshTarget();
    mustApply(target, revision("v1", "web"));
    assertApplied(target.apply(order(), place(), revision("v2", "web"), new Slice.Share(50)));
    assertThat(target.preview(place(), revision("v1", "web")))
        .isInstanceOfSatisfying(
            Preview.Possible.class,
            p ->
                assertThat(p.changes())
                    .extracting(c -> c.kind().keyword() + " " + c.what())
                    .containsExactly("none web on local", "delete what is up beside web on local"));
  }

  /// Wherever it dies: the order is repeated, as the engine does, and the end is the same.
  @ParameterizedTest
  @ValueSource(ints = {0, 60, 400, 1000})
  void ends_the_same_whenever_the_keeper_dies(int millis) throws Exception {
    var target = freshTarget();
    mustApply(target, mixed("v1"));
    var order = order();
    var keeper = keeper();
    var answer = new FutureTask<>(() -> target.apply(order, place(), mixed("v2"), EVERYTHING));
    Thread.ofVirtual().start(answer);
    // The instruction at which it dies is the machine's choice, which is the point.
    Thread.sleep(millis);
    kill(keeper);

    assertThat(answer.get()).isInstanceOf(Outcome.Applied.class);
    assertApplied(reopened(target).apply(order, place(), mixed("v2"), EVERYTHING));
    assertRuns(target, mixed("v2"), "web v2", "worker v2");
    assertThat(get(endpoint(target, "web"))).isEqualTo("200 web v2");
  }

  @Test
  void a_server_that_stops_waiting_does_not_undo_and_the_next_one_gets_the_answer()
      throws Exception {
    var target = freshTarget();
    mustApply(target, revision("v1", "web"));
    var order = order();
    var v2 = revision("v2", "web");
    var answer = new FutureTask<>(() -> target.apply(order, place(), v2, EVERYTHING));
    var server = Thread.ofVirtual().start(answer);
    Eventually.within(PATIENCE, "web v2 starts", () -> !diary().starts("web v2").isEmpty());
    server.interrupt();
    assertThat(answer.get()).isInstanceOf(Outcome.Unknown.class);
    assertApplied(reopened(target).apply(order, place(), v2, EVERYTHING));
    assertThat(diary().starts("web v2")).hasSize(1);
    assertRuns(target, v2, "web v2");
  }

  @Test
  void a_dead_component_starts_again_by_itself_at_the_same_port() throws IOException {
    var target = freshTarget();
    mustApply(target, revision("v1", "web"));
    var uri = endpoint(target, "web");
    diary().kill("web");
    Eventually.within(PATIENCE, "web is back", () -> get(uri).equals("200 web v1"));
    assertThat(diary().starts()).hasSize(2);
    assertRuns(target, revision("v1", "web"), "web v1");
  }

  @Test
  void a_dead_component_leaves_nobody_of_its_group_behind() throws IOException {
    var target = freshTarget();
    var noted = diary().folder().resolve("child");
    mustApply(
        target,
        script(
            "sleep 1000 & echo $! > "
                + noted
                + ".part; mv "
                + noted
                + ".part "
                + noted
                + "; wait"));
    Eventually.within(PATIENCE, "a child", () -> Files.exists(noted));
    var child = ProcessHandle.of(Long.parseLong(Files.readString(noted).strip())).orElseThrow();
    var parent = child.parent().orElseThrow();
    parent.destroyForcibly();
    Eventually.within(PATIENCE, "the child ended", () -> !child.isAlive());
    assertApplied(target.remove(order(), place()));
  }

  @Test
  void removing_ends_what_an_earlier_keeper_started() throws IOException {
    var target = freshTarget();
    mustApply(target, revision("v1", "web", "worker"));
    killKeeper();
    assertApplied(reopened(target).remove(order(), place()));
    assertAlive();
    assertThat(place(data)).doesNotExist();
    assertThat(keepers()).isEmpty();
  }

  @Test
  void a_component_gets_a_clean_environment_and_its_arguments_as_they_are() throws IOException {
    var evil = "a b; $(touch " + data + "/pwned) `id` 'x' \"y\" -n \\ é";
    var settings =
        command(
            "/bin/sh",
            "-c",
            "env; printf '<%s>\\n' \"$@\"; exec sleep 1000",
            "sh",
            "${TEXT}",
            "-${FLEETWRIGHT_COMPONENT}");
    settings.put("run.variables.TEXT", evil);
    var target = freshTarget();
    mustApply(
        target, new Revision(List.of(new Component("env", List.of(), Settings.of(settings)))));
    var lines = lines(target, "env");
    assertThat(lines).contains("<" + evil + ">", "<-env>", "TEXT=" + evil);
    assertThat(lines)
        .contains(
            "FLEETWRIGHT_PROJECT=shop",
            "FLEETWRIGHT_ENVIRONMENT=production",
            "FLEETWRIGHT_COMPONENT=env");
    assertThat(lines).anyMatch(l -> l.startsWith("FLEETWRIGHT_RELEASE_DIRECTORY=" + data));
    assertThat(lines).anyMatch(l -> l.startsWith("PATH=" + System.getProperty("java.home")));
    assertThat(lines.stream().filter(l -> l.matches("[A-Z_]+=.*")).map(l -> l.split("=", 2)[0]))
        .isSubsetOf(
            "PATH",
            "HOME",
            "LANG",
            "TMPDIR",
            "TEXT",
            "PWD",
            "OLDPWD",
            "SHLVL",
            "_",
            "FLEETWRIGHT_PROJECT",
            "FLEETWRIGHT_ENVIRONMENT",
            "FLEETWRIGHT_COMPONENT",
            "FLEETWRIGHT_RELEASE_DIRECTORY");
    assertThat(data.resolve("pwned")).doesNotExist();
  }

  @Test
  void says_who_has_the_port() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var settings = new TreeMap<>(component("web", "v1").settings().values());
      settings.put("run.port", Integer.toString(taken.getLocalPort()));
      var web = new Component("web", component("web", "v1").files(), Settings.of(settings));
      var answer = freshTarget().apply(order(), place(), new Revision(List.of(web)), EVERYTHING);
      assertThat(reason(answer))
          .contains("component `web`: port " + taken.getLocalPort() + " cannot be listened on");
      if (Files.exists(Path.of("/proc/net/tcp"))) {
        assertThat(reason(answer)).contains("process " + ProcessHandle.current().pid() + " (");
      }
    }
  }

  @Test
  void says_that_a_command_is_not_found_or_not_executable() throws IOException {
    var target = freshTarget();
    assertThat(reason(apply(target, "web", command("no-such-program"))))
        .contains("component `web`: command not found: `no-such-program` is in no folder of PATH=");
    assertThat(reason(apply(target, "web", command("./missing"))))
        .contains("command not found: there is no ");
    var plain = new TreeEntry.File("run", blobs().put("x".getBytes(UTF_8)), 1, false);
    var web = new Component("web", List.of(plain), Settings.of(command("./run")));
    assertThat(reason(target.apply(order(), place(), new Revision(List.of(web)), EVERYTHING)))
        .contains("no permission to execute");
    assertRuns(target, Revision.EMPTY);
  }

  @Test
  void says_how_a_component_failed_and_what_it_printed() throws IOException {
    var target = freshTarget();
    assertThat(reason(apply(target, "web", command("/bin/sh", "-c", "echo no database; exit 3"))))
        .contains("component `web` ended by itself after")
        .endsWith("it printed last:\nno database");
    var broken =
        target.apply(
            order(), place(), new Revision(List.of(neverHealthy("web", "v1"))), EVERYTHING);
    assertThat(reason(broken))
        .contains("was not well within 2.0 s (GET /never at its PORT was not answered")
        .endsWith("web v1 speaks");
  }

  @Test
  void says_that_files_are_missing_or_damaged() throws IOException {
    var target = freshTarget();
    mustApply(target, revision("v1", "web"));
    var lost = Map.of("a.txt", "lost");
    var component = files("site", lost);
    blobs().lose(((TreeEntry.File) component.files().getFirst()).digest());
    var answer = target.apply(order(), place(), new Revision(List.of(component)), EVERYTHING);
    assertThat(reason(answer)).contains("component `site`: a file is missing among the artifacts");
    var rotten = files("site", Map.of("a.txt", "rotten"));
    blobs().rot(((TreeEntry.File) rotten.files().getFirst()).digest());
    var damaged = target.apply(order(), place(), new Revision(List.of(rotten)), EVERYTHING);
    assertThat(reason(damaged)).contains("is damaged");
    assertRuns(target, revision("v1", "web"), "web v1");
  }

  @Test
  void refuses_what_it_cannot_run_before_it_touches_anything() throws IOException {
    var target = freshTarget();
    var image = new Component("web", List.of(), Settings.of(Map.of("image", "example/web")));
    var named = new Component("../web", List.of(), Settings.NONE);
    var revision = new Revision(List.of(image, named));
    var answer = reason(target.apply(order(), place(), revision, EVERYTHING));
    assertThat(answer.lines())
        .hasSize(2)
        .anyMatch(l -> l.contains("is a container image"))
        .anyMatch(l -> l.contains("cannot be a folder's name"));
    assertThat(target.preview(place(), revision)).isEqualTo(new Preview.Impossible(answer));
    assertThat(data.resolve("local")).doesNotExist();
  }

  @Test
  void files_are_placed_with_links_and_executable_bits_and_switched_at_once() throws IOException {
    var target = freshTarget();
    var tool = new TreeEntry.File("bin/tool", blobs().put("#!".getBytes(UTF_8)), 2, true);
    var page = new TreeEntry.File("index.html", blobs().put("v1".getBytes(UTF_8)), 2, false);
    var link = new TreeEntry.Link("tool", "bin/tool");
    mustApply(
        target,
        new Revision(List.of(new Component("site", List.of(tool, page, link), Settings.NONE))));
    var current = place(data).resolve("current");
    var site = current.resolve("site");
    assertThat(site.resolve("tool")).isExecutable().isSymbolicLink();
    assertThat(site.resolve("index.html")).hasContent("v1");
    assertThat(Files.isExecutable(site.resolve("index.html"))).isFalse();
    mustApply(target, new Revision(List.of(files("site", Map.of("index.html", "v2")))));
    assertThat(site.resolve("index.html")).hasContent("v2");
    assertThat(site.resolve("tool")).doesNotExist();
    assertThat(target.observe(place()).healthy()).isTrue();
    assertThat(Files.getPosixFilePermissions(place(data)))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void going_back_gives_the_files_as_they_were_released() throws IOException {
    var target = freshTarget();
    var v1 = new Revision(List.of(files("site", Map.of("index.html", "v1"))));
    mustApply(target, v1);
    mustApply(target, new Revision(List.of(files("site", Map.of("index.html", "v2")))));
    var old = place(data).resolve("releases").resolve(v1.digest().hex()).resolve("site/index.html");
    Files.writeString(old, "tampered with");
    mustApply(target, v1);
    assertThat(place(data).resolve("current/site/index.html")).hasContent("v1");
  }

  @Test
  void keeps_so_many_releases_and_never_deletes_one_in_use() throws IOException {
    var target = target(Map.of("keep", "2"));
    var worker = component("worker", "v0");
    for (var version : List.of("v1", "v2", "v3", "v4")) {
      mustApply(target, new Revision(List.of(worker, files("site", Map.of("a", version)))));
    }
    try (var releases = Files.list(place(data).resolve("releases"));
        var sites = Files.list(place(data).resolve("components/site"));
        var workers = Files.list(place(data).resolve("components/worker"))) {
      assertThat(releases).hasSize(2);
      assertThat(sites.filter(Files::isDirectory)).hasSize(2);
      assertThat(workers.filter(Files::isDirectory)).hasSize(1);
    }
    assertThat(diary().starts("worker v0")).hasSize(1);
    diary().kill("worker");
    Eventually.within(PATIENCE, "worker is back", () -> diary().starts("worker v0").size() == 2);
  }

  @Test
  void works_in_a_folder_whose_name_is_longer_than_a_socket_address() throws IOException {
    var deep = data.resolve("local").resolve("d".repeat(120));
    var target = target(Map.of("directory", deep.toString()));
    var v1 = revision("v1", "web");
    mustApply(target, v1);
    assertRuns(target, v1, "web v1");
    assertApplied(target.remove(order(), place()));
    assertThat(deep.resolve(place().name())).doesNotExist();
  }

  @Test
  void a_keeper_that_leaves_lets_its_components_run() throws IOException {
    var target = freshTarget();
    mustApply(target, revision("v1", "web"));
    var keeper = keeper();
    var folder = new PlaceFolder(place(data));
    assertThatThrownBy(() ->
            new KeeperDoor(folder)
                .ask(Dictionary.empty().with("verb", "leave"), _ -> {}, Duration.ofSeconds(5)))
        .isInstanceOf(IOException.class);
    keeper.onExit().join();
    assertRuns(target, revision("v1", "web"), "web v1");
    assertThat(diary().starts()).hasSize(1);
  }

  @Test
  void a_keeper_that_does_not_answer_is_unreachable_and_not_down() throws Exception {
    var target = freshTarget();
    mustApply(target, revision("v1", "web"));
    var keeper = keeper();
    kill("STOP", Long.toString(keeper.pid()));
    try {
      var seen = target.observe(place());
      assertThat(seen.unreachable()).containsExactly("local");
      assertThat(seen.instances())
          .extracting(Observation.Instance::component)
          .containsExactly("web");
    } finally {
      kill("CONT", Long.toString(keeper.pid()));
    }
    assertRuns(target, revision("v1", "web"), "web v1");
  }

  @Test
  void the_same_id_with_another_request_is_another_order() throws IOException {
    var target = freshTarget();
    var order = new Order(new ApplyId(1, 0, false), 1, _ -> {});
    assertApplied(target.apply(order, place(), revision("v1", "web"), EVERYTHING));
    assertApplied(target.apply(order, place(), revision("v2", "web"), EVERYTHING));
    assertRuns(target, revision("v2", "web"), "web v2");
  }

  @Test
  void tells_people_what_goes_on_and_what_would_change() throws IOException {
    var target = freshTarget();
    var told = new ConcurrentLinkedQueue<String>();
    var order = new Order(new ApplyId(1, 0, false), 1, told::add);
    assertApplied(target.apply(order, place(), revision("v1", "web"), EVERYTHING));
    assertThat(told)
        .anyMatch(l -> l.matches("web: started as process \\d+, at port \\d+ for now"))
        .anyMatch(l -> l.matches("web: well after [\\d.]+ s"));
    var preview = (Preview.Possible) target.preview(place(), revision("v2", "web"));
    assertThat(preview.changes().getFirst().what()).isEqualTo("web on local");
    assertThat(preview.changes().getFirst().detail())
        .containsExactly("- run.command.9: v1", "+ run.command.9: v2");
  }

  @Test
  void names_the_setting_that_is_not_usable() {
    assertThatThrownBy(() -> target(Map.of("directroy", "/srv")))
        .hasMessage(
            "target `here`: `directroy` is not a setting of local; there are [directory, keep,"
                + " listen]");
    assertThatThrownBy(() -> target(Map.of("directory", "srv")))
        .hasMessageContaining("write an absolute path");
    assertThatThrownBy(() -> target(Map.of("keep", "0"))).hasMessageContaining("from 1 up");
    assertThatThrownBy(() -> target(Map.of("listen", "everywhere")))
        .hasMessageContaining("write an address such as 127.0.0.1");
  }

  private Target target(Map<String, String> settings) {
    return new LocalTarget(
        new TargetBinding("here", "local", Settings.of(settings)), blobs(), data);
  }

  private Revision worker(String version) throws IOException {
    return new Revision(List.of(mixed(version).component("worker").orElseThrow()));
  }

  private Revision mixed(String version) throws IOException {
    var worker = component("worker", version);
    var settings = new TreeMap<>(worker.settings().values());
    // Without a port: such a component is replaced the other way, stopped first.
    settings.keySet().removeIf(key -> key.startsWith("run.health"));
    return new Revision(
        List.of(
            component("web", version),
            new Component("worker", worker.files(), Settings.of(settings))));
  }

  private Revision script(String script) {
    return new Revision(
        List.of(new Component("script", List.of(), Settings.of(command("/bin/sh", "-c", script)))));
  }

  private Outcome apply(Target target, String name, Map<String, String> settings) {
    var component = new Component(name, List.of(), Settings.of(settings));
    return target.apply(order(), place(), new Revision(List.of(component)), EVERYTHING);
  }

  private static SortedMap<String, String> command(String... elements) {
    var settings = new TreeMap<String, String>();
    for (var element : elements) {
      settings.put("run.command." + settings.size(), element);
    }
    return settings;
  }

  private Component files(String name, Map<String, String> contents) throws IOException {
    var entries = new ArrayList<TreeEntry>();
    for (var entry : contents.entrySet()) {
      var bytes = entry.getValue().getBytes(UTF_8);
      entries.add(new TreeEntry.File(entry.getKey(), blobs().put(bytes), bytes.length, false));
    }
    return new Component(name, entries, Settings.NONE);
  }

  private Path place(Path data) {
    return data.resolve("local").resolve("here").resolve(place().name());
  }

  private URI endpoint(Target target, String component) {
    return target.observe(place()).instances().stream()
        .filter(i -> i.component().equals(component))
        .map(i -> URI.create(i.endpoint()))
        .findFirst()
        .orElseThrow();
  }

  private List<String> lines(Target target, String component) {
    return target.logs().orElseThrow().last(place(), component, 200).stream()
        .map(Logs.Line::text)
        .toList();
  }

  private static String reason(Outcome answer) {
    assertThat(answer).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused) answer).reason();
  }

  private void assertAlive(String... who) {
    Eventually.within(
        PATIENCE, () -> List.of(who) + ", but " + alive(), () -> alive().equals(List.of(who)));
  }

  private ProcessHandle keeper() {
    return keepers().findFirst().orElseThrow();
  }

  private Stream<ProcessHandle> keepers() {
    return ProcessHandle.allProcesses()
        .filter(p ->
            p.info()
                .commandLine()
                .filter(c -> c.contains(Keeper.class.getName()) && c.contains(data.toString()))
                .isPresent());
  }

  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  private void killKeeper() {
    kill(keeper());
  }

  private static void kill(String signal, String whom) throws IOException, InterruptedException {
    assertThat(
            new ProcessBuilder("/bin/sh", "-c", "kill -s $1 -- $2", "sh", signal, whom)
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }

  /// One request on a connection of its own: `200 web v1`, or what went wrong.
  private static String get(URI uri) {
    try {
      var call = (HttpURLConnection) uri.toURL().openConnection();
      call.setRequestProperty("Connection", "close");
      try (var body = call.getInputStream()) {
        return call.getResponseCode() + " " + new String(body.readAllBytes(), UTF_8).strip();
      }
    } catch (IOException e) {
      return e.toString();
    }
  }
}
