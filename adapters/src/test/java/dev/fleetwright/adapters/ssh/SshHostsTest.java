package dev.fleetwright.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.adapters.ssh.Connection.Feed;
import dev.fleetwright.adapters.ssh.Connections.Access;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Health;
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
import dev.fleetwright.testkit.DirectoryBlobs;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.FaultProxy;
import dev.fleetwright.testkit.Needs;
import dev.fleetwright.testkit.OpenSshHosts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the contract of all targets does not ask: trust, what is sent, and hosts that die or lie.
/// Two real OpenSSH servers; components are shell scripts, so that a test costs no Java.
@Timeout(120)
@SuppressWarnings("NullAway.Init")
class SshHostsTest {

  private static final Place PLACE =
      new Place(new ProjectName("shop"), new EnvironmentSlug("production"), "here");
  private static final long TOKEN = 7;

  private static OpenSshHosts hosts;
  private static int directories;

  @TempDir private Path folder;
  private DirectoryBlobs blobs;
  private SshTarget.Client client;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private String directory;
  private SshTarget target;
  private int deploys;

  @BeforeAll
  static void startHosts(@TempDir Path folder) throws IOException, InterruptedException {
    hosts = new OpenSshHosts(folder, 2, "");
  }

  @AfterAll
  static void stopHosts() {
    hosts.close();
  }

  @BeforeEach
  void prepare() throws IOException {
    blobs = new DirectoryBlobs(folder.resolve("blobs"));
    client = new SshTarget.Client();
    directory = "hosts" + directories++;
    target = OverSsh.target(hosts, directory, blobs, client);
  }

  @AfterEach
  void clear() {
    OverSsh.target(hosts, directory, blobs, client).remove(order(Long.MAX_VALUE), PLACE);
    client.close();
  }

  private Order order() {
    return order(TOKEN);
  }

  private Order order(long token) {
    return new Order(new ApplyId(++deploys, 0, false), token, told::add);
  }

  private Outcome apply(Revision revision) {
    return target.apply(order(), PLACE, revision, Slice.all());
  }

  private void mustApply(Revision revision) {
    assertThat(apply(revision)).isInstanceOf(Applied.class);
  }

  /// A component whose process is `sleep`.
  private static Component sleeper(String version) {
    return running("worker", Map.of("run.variables.VERSION", version), "sleep", "3600");
  }

  private static Component running(String name, Map<String, String> more, String... command) {
    var settings = new TreeMap<>(more);
    for (var i = 0; i < command.length; i++) {
      settings.put("run.command." + i, command[i]);
    }
    return new Component(name, List.of(), Settings.of(settings));
  }

  private static Revision revision(Component... components) {
    return new Revision(List.of(components));
  }

  private TreeEntry file(String path, String content) throws IOException {
    return file(path, content.getBytes(StandardCharsets.UTF_8));
  }

  private TreeEntry file(String path, byte[] content) throws IOException {
    return new TreeEntry.File(path, blobs.put(content), content.length, false);
  }

  private Component site(TreeEntry... files) {
    return new Component("site", List.of(files), Settings.NONE);
  }

  private Path place(OpenSshHosts.Server server) {
    return server.folder(directory, PLACE.name());
  }

  private SshTarget with(String key, String value) {
    var settings = hosts.settings(directory);
    settings.put(key, value);
    return OverSsh.target(settings, blobs, client);
  }

  /// A target whose only host is the first one, through a proxy.
  private SshTarget through(FaultProxy proxy) throws IOException {
    var settings = hosts.settings(directory);
    settings.remove("hosts.1");
    settings.put("hosts.0", "127.0.0.1:" + proxy.port());
    settings.put("host_keys.0", hosts.publicKey(hosts.server(0)));
    settings.put("connect_within", "5 s");
    return OverSsh.target(settings, blobs, client);
  }

  private static FaultProxy proxy() throws IOException {
    return new FaultProxy(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), hosts.server(0).port()));
  }

  private Connection connection(int port) throws IOException {
    var pinned = PinnedKeys.read(folder.resolve("none"), List.of(hosts.publicKey(hosts.server(0))));
    var key = LoginKey.read(hosts.key(), Optional.empty());
    return connections.open(
        new Access(
            new Host("h", "127.0.0.1", port),
            System.getProperty("user.name"),
            key,
            pinned,
            Duration.ofSeconds(10)));
  }

  private final Connections connections = new Connections();

  @AfterEach
  void closeConnections() {
    connections.close();
  }

  @Test
  void a_host_that_is_not_pinned_is_refused_until_the_line_from_the_message_is_added()
      throws IOException {
    var known = folder.resolve("known_hosts");
    var careful = with("known_hosts", "file:" + known);
    var first = careful.apply(order(), PLACE, revision(sleeper("1")), Slice.all());
    assertThat(first)
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.reason()).contains("not pinned").contains("SHA256:"));
    assertThat(place(hosts.server(0))).doesNotExist();

    var lines =
        Arrays.stream(((Refused) first).reason().split("`", -1))
            .filter(part -> part.contains("]:"))
            .toList();
    Files.write(known, lines);
    assertThat(careful.apply(order(), PLACE, revision(sleeper("1")), Slice.all()))
        .isInstanceOf(Applied.class);
  }

  @Test
  void a_host_whose_key_has_changed_is_refused_loudly() throws IOException {
    var known = folder.resolve("known_hosts");
    var wrong = hosts.publicKey(hosts.server(1));
    Files.write(
        known,
        List.of("[127.0.0.1]:" + hosts.server(0).port() + " " + wrong, hosts.pin(hosts.server(1))));
    assertThat(
            with("known_hosts", "file:" + known)
                .apply(order(), PLACE, revision(sleeper("1")), Slice.all()))
        .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.reason()).contains("HAS CHANGED"));
    assertThat(place(hosts.server(0))).doesNotExist();
    assertThat(place(hosts.server(1))).doesNotExist();
  }

  @Test
  void a_login_that_is_not_accepted_is_refused_with_what_to_do()
      throws IOException, InterruptedException {
    var key = folder.resolve("stranger");
    assertThat(
            new ProcessBuilder(
                    Needs.tool("ssh-keygen").toString(),
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-f",
                    key.toString())
                .start()
                .waitFor())
        .isZero();
    assertThat(
            with("key", "file:" + key).apply(order(), PLACE, revision(sleeper("1")), Slice.all()))
        .isInstanceOfSatisfying(
            Refused.class, r -> assertThat(r.reason()).contains("authorized_keys"));
  }

  @Test
  void an_encrypted_key_is_opened_with_the_passphrase_that_is_named_and_else_refused()
      throws IOException, InterruptedException {
    var key = folder.resolve("encrypted");
    Files.copy(hosts.key(), key, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    var passphrase = folder.resolve("passphrase");
    Files.writeString(passphrase, "open sesame\n");
    assertThat(
            new ProcessBuilder(
                    Needs.tool("ssh-keygen").toString(),
                    "-q",
                    "-p",
                    "-P",
                    "",
                    "-N",
                    "open sesame",
                    "-f",
                    key.toString())
                .start()
                .waitFor())
        .isZero();
    assertThat(
            with("key", "file:" + key).apply(order(), PLACE, revision(sleeper("1")), Slice.all()))
        .isInstanceOfSatisfying(
            Refused.class,
            r -> assertThat(r.reason()).contains("encrypted").contains("passphrase: file:"));
    var settings = hosts.settings(directory);
    settings.put("key", "file:" + key);
    settings.put("passphrase", "file:" + passphrase);
    assertThat(
            OverSsh.target(settings, blobs, client)
                .apply(order(), PLACE, revision(sleeper("1")), Slice.all()))
        .isInstanceOf(Applied.class);
  }

  @Test
  void one_handshake_for_each_host_and_deploy() {
    var before = client.handshakes();
    assertThat(target.preview(PLACE, revision(sleeper("1")))).isInstanceOf(Preview.Possible.class);
    mustApply(revision(sleeper("1")));
    assertThat(target.observe(PLACE).healthy()).isTrue();
    assertThat(client.handshakes() - before).isEqualTo(hosts.servers().size());
  }

  @Test
  void only_what_changed_is_sent_and_what_was_sent_is_what_was_meant() throws IOException {
    var random = new Random(1);
    var contents = new ArrayList<byte[]>();
    for (var i = 0; i < 200; i++) {
      var content = new byte[20_000];
      random.nextBytes(content);
      contents.add(content);
    }
    try (var proxy = proxy()) {
      target = through(proxy);
      mustApply(revision(tree(contents)));
      var first = proxy.bytesToServer();
      assertThat(first).isGreaterThan(200 * 20_000);

      random.nextBytes(contents.get(17));
      mustApply(revision(tree(contents)));
      var second = proxy.bytesToServer() - first;
      assertThat(second).isLessThan(400_000);

      mustApply(revision(tree(contents)));
      assertThat(proxy.bytesToServer() - first - second).isLessThan(40_000);
    }
    var site = place(hosts.server(0)).resolve("current/site");
    for (var i = 0; i < contents.size(); i++) {
      assertThat(site.resolve("deep/down/" + i)).hasBinaryContent(contents.get(i));
    }
  }

  private Component tree(List<byte[]> contents) throws IOException {
    var files = new ArrayList<TreeEntry>();
    for (var i = 0; i < contents.size(); i++) {
      files.add(file("deep/down/" + i, contents.get(i)));
    }
    return new Component("site", files, Settings.NONE);
  }

  @Test
  void odd_names_permissions_and_links_arrive_as_they_are() throws IOException {
    var program = "#!/bin/sh\necho hello\n".getBytes(StandardCharsets.UTF_8);
    var odd = "it's\na \"$(id)\" ;`x` ñ-\u001b[31m/" + "long".repeat(40);
    var site =
        site(
            file(odd, "odd"),
            file("-rf", "dash"),
            file("empty", ""),
            new TreeEntry.File("bin/run", blobs.put(program), program.length, true),
            file("bin/not-run", program),
            new TreeEntry.Link("link", "bin/run"));
    mustApply(revision(site));
    for (var server : hosts.servers()) {
      var at = place(server).resolve("current/site");
      assertThat(at.resolve(odd)).hasContent("odd");
      assertThat(at.resolve("-rf")).hasContent("dash");
      assertThat(at.resolve("empty")).isEmptyFile();
      assertThat(at.resolve("bin/run")).isExecutable().hasBinaryContent(program);
      assertThat(Files.getPosixFilePermissions(at.resolve("bin/not-run")))
          .doesNotContain(java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE);
      assertThat(Files.readSymbolicLink(at.resolve("link"))).hasToString("bin/run");
    }
  }

  @Test
  void content_that_was_changed_on_the_host_is_sent_again() throws IOException {
    mustApply(revision(site(file("a", "right"))));
    var on = place(hosts.server(0)).resolve("current/site/a");
    on.toFile().setWritable(true);
    Files.writeString(on, "WRONG");
    Files.setLastModifiedTime(
        on, java.nio.file.attribute.FileTime.from(java.time.Instant.now().plusSeconds(5)));
    mustApply(revision(site(file("a", "right"), file("b", "new"))));
    assertThat(place(hosts.server(0)).resolve("current/site/a")).hasContent("right");
  }

  @Test
  void a_host_that_dies_during_the_upload_is_asked_again_later_and_shows_nothing_of_it()
      throws IOException {
    var content = new byte[3_000_000];
    new Random(2).nextBytes(content);
    try (var proxy = proxy()) {
      target = through(proxy);
      mustApply(revision(site(file("old", "old"))));
      proxy.cutAfterBytesToServer(1_500_000);
      var order = order();
      var wanted = revision(site(file("big", content)));
      assertThat(target.apply(order, PLACE, wanted, Slice.all())).isInstanceOf(Later.class);
      assertThat(place(hosts.server(0)).resolve("current/site/old")).hasContent("old");
      assertThat(target.apply(order, PLACE, wanted, Slice.all())).isInstanceOf(Later.class);
      proxy.heal();
      assertThat(target.apply(order, PLACE, wanted, Slice.all())).isInstanceOf(Applied.class);
    }
    assertThat(place(hosts.server(0)).resolve("current/site/big")).hasBinaryContent(content);
    assertThat(place(hosts.server(0)).resolve("incoming")).isEmptyDirectory();
  }

  @Test
  void whole_files_of_an_upload_that_was_cut_off_are_not_sent_again() throws IOException {
    var contents = new ArrayList<byte[]>();
    for (var i = 0; i < 40; i++) {
      var content = new byte[100_000];
      new Random(100 + i).nextBytes(content);
      contents.add(content);
    }
    try (var proxy = proxy()) {
      target = through(proxy);
      proxy.cutAfterBytesToServer(3_000_000);
      var order = order();
      assertThat(target.apply(order, PLACE, revision(tree(contents)), Slice.all()))
          .isInstanceOf(Later.class);
      proxy.heal();
      var before = proxy.bytesToServer();
      assertThat(target.apply(order, PLACE, revision(tree(contents)), Slice.all()))
          .isInstanceOf(Applied.class);
      assertThat(proxy.bytesToServer() - before).isLessThan(2_500_000);
    }
  }

  @Test
  void a_host_that_dies_at_any_step_of_the_switch_is_unknown_and_repeating_the_order_settles_it()
      throws IOException {
    mustApply(revision(sleeper("1")));
    for (var verb : List.of("switch", "settle")) {
      for (var answered : List.of(true, false)) {
        var wanted = revision(sleeper(verb + answered));
        if (answered) {
          hosts.server(1).loseNextAnswerTo(verb);
        } else {
          hosts.server(1).dieBefore(verb);
        }
        var order = order();
        assertThat(target.apply(order, PLACE, wanted, Slice.all())).isInstanceOf(Unknown.class);
        assertThat(target.apply(order, PLACE, wanted, Slice.all())).isInstanceOf(Applied.class);
        assertThat(target.observe(PLACE).shows(wanted, Slice.all())).isTrue();
        assertThat(target.observe(PLACE).healthy()).isTrue();
      }
    }
  }

  @Test
  void one_unhealthy_host_takes_the_others_of_its_batch_back_and_is_named_with_what_it_printed()
      throws IOException {
    mustApply(revision(sleeper("1"), site(file("index", "one"))));
    var before = runs();
    // Fails on the second host alone: the first one has the file.
    Files.writeString(hosts.server(0).home().resolve("only-here"), "");
    var bad =
        running(
            "worker",
            Map.of(),
            "sh",
            "-c",
            "echo no luck; exec sleep $(cat ~/only-here && echo 3600)");
    var answer = apply(revision(bad, site(file("index", "two"))));
    assertThat(answer)
        .isInstanceOfSatisfying(
            Refused.class,
            r ->
                assertThat(r.reason())
                    .contains(hosts.server(1).name())
                    .contains("worker")
                    .contains("no luck")
                    .doesNotContain(hosts.server(0).name()));
    assertThat(runs()).isEqualTo(before);
    for (var server : hosts.servers()) {
      assertThat(place(server).resolve("current/site/index")).hasContent("one");
      assertThat(place(server).resolve("switching")).doesNotExist();
    }
  }

  private List<String> runs() {
    return target.observe(PLACE).instances().stream()
        .map(i -> i.host() + " " + i.component() + " " + i.runs() + " " + i.health())
        .toList();
  }

  @Test
  void a_switch_that_a_dead_server_left_is_taken_back_by_the_next_one_to_what_was_there_before()
      throws IOException {
    mustApply(revision(sleeper("1")));
    var bad =
        revision(
            running(
                "worker",
                Map.of("run.health.tcp", "true", "run.health.within", "2 s"),
                "sleep",
                "3600"));
    hosts.server(0).loseNextAnswerTo("switch");
    hosts.server(1).loseNextAnswerTo("switch");
    var order = order();
    assertThat(target.apply(order, PLACE, bad, Slice.all())).isInstanceOf(Unknown.class);
    try (var second = new SshTarget.Client()) {
      target = OverSsh.target(hosts, directory, blobs, second);
      assertThat(target.apply(order, PLACE, bad, Slice.all())).isInstanceOf(Refused.class);
      assertThat(target.observe(PLACE).shows(revision(sleeper("1")), Slice.all())).isTrue();
    }
  }

  @Test
  void an_order_that_was_done_is_answered_from_the_record_even_after_later_ones() {
    var first = order();
    assertThat(target.apply(first, PLACE, revision(sleeper("1")), Slice.all()))
        .isInstanceOf(Applied.class);
    mustApply(revision(sleeper("2")));
    assertThat(target.apply(first, PLACE, revision(sleeper("1")), Slice.all()))
        .isInstanceOf(Applied.class);
    assertThat(target.observe(PLACE).shows(revision(sleeper("2")), Slice.all())).isTrue();
  }

  @Test
  void a_removed_place_still_knows_its_fencing_token() {
    mustApply(revision(sleeper("1")));
    assertThat(target.remove(order(9), PLACE)).isInstanceOf(Applied.class);
    assertThat(place(hosts.server(0))).doesNotExist();
    assertThat(target.apply(order(8), PLACE, revision(sleeper("1")), Slice.all()))
        .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.reason()).contains("token 9"));
  }

  @Test
  void two_targets_cannot_share_a_folder_by_mistake() {
    mustApply(revision(sleeper("1")));
    var other = new Place(PLACE.project(), PLACE.environment(), "there");
    assertThat(target.apply(order(), other, revision(sleeper("2")), Slice.all()))
        .isInstanceOfSatisfying(
            Refused.class,
            r -> assertThat(r.reason()).contains("shop/production/here").contains("directory"));
  }

  @Test
  void a_host_that_is_gone_is_told_with_what_was_last_known_of_it() throws IOException {
    try (var proxy = proxy()) {
      var settings = hosts.settings(directory);
      settings.put("hosts.0", "127.0.0.1:" + proxy.port());
      settings.put("host_keys.0", hosts.publicKey(hosts.server(0)));
      target = OverSsh.target(settings, blobs, client);
      mustApply(revision(sleeper("1")));
      assertThat(target.observe(PLACE).healthy()).isTrue();
      proxy.cut();
      var seen = target.observe(PLACE);
      assertThat(seen.hosts()).hasSize(2);
      assertThat(seen.unreachable()).containsExactly("127.0.0.1:" + proxy.port());
      assertThat(seen.instances())
          .extracting(Instance::component, Instance::health)
          .containsExactlyInAnyOrder(
              org.assertj.core.groups.Tuple.tuple("worker", Health.UNREACHABLE),
              org.assertj.core.groups.Tuple.tuple("worker", Health.HEALTHY));
      assertThat(apply(revision(sleeper("2")))).isInstanceOf(Later.class);
      proxy.heal();
      mustApply(revision(sleeper("2")));
    }
  }

  @Test
  void a_host_that_hangs_is_noticed_by_its_heartbeat() throws IOException {
    try (var proxy = proxy();
        var connection = connection(proxy.port())) {
      var cable =
          Thread.ofVirtual()
              .start(() -> {
                Eventually.within(
                    Duration.ofSeconds(30),
                    "the command runs",
                    () -> Files.exists(hosts.server(0).home().resolve(directory)));
                proxy.blackhole();
              });
      var began = System.nanoTime();
      assertThatThrownBy(() ->
              connection.run(
                  "touch " + directory + "; exec sleep 100",
                  Feed.NOTHING,
                  Duration.ofSeconds(90),
                  "sleeping"))
          .isInstanceOf(HostLost.class);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
      assertThat(cable).isNotNull();
    }
  }

  @Test
  void a_host_that_never_stops_talking_is_cut_off() throws IOException {
    try (var connection = connection(hosts.server(0).port())) {
      assertThatThrownBy(
              () -> connection.run("exec yes", Feed.NOTHING, Duration.ofSeconds(60), "listening"))
          .isInstanceOf(HostFailed.class)
          .hasMessageContaining("sends more than");
    }
    try (var connection = connection(hosts.server(0).port())) {
      assertThatThrownBy(() ->
              connection.run("exec yes >&2", Feed.NOTHING, Duration.ofSeconds(60), "listening"))
          .isInstanceOf(HostFailed.class)
          .hasMessageContaining("sends more than");
    }
  }

  @Test
  void a_command_that_never_ends_has_a_deadline() throws IOException {
    try (var connection = connection(hosts.server(0).port())) {
      assertThatThrownBy(() ->
              connection.run("exec sleep 60", Feed.NOTHING, Duration.ofSeconds(1), "sleeping"))
          .isInstanceOf(HostLost.class)
          .hasMessageContaining("does not come to an end");
    }
  }

  @Test
  void a_banner_without_end_is_cut_off() throws IOException {
    try (var liar = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (var socket = liar.accept()) {
              var line =
                  "welcome welcome welcome welcome welcome\r\n"
                      .repeat(1000)
                      .getBytes(StandardCharsets.US_ASCII);
              while (true) {
                socket.getOutputStream().write(line);
              }
            } catch (IOException e) {
              // Cut off, as it should be.
            }
          });
      assertThatThrownBy(() -> connection(liar.getLocalPort())).isInstanceOf(HostLost.class);
    }
  }

  @Test
  void a_host_that_says_nothing_has_a_deadline() throws IOException {
    try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var settings = hosts.settings(directory);
      settings.remove("hosts.1");
      settings.put("hosts.0", "127.0.0.1:" + silent.getLocalPort());
      settings.put("connect_within", "1 s");
      target = OverSsh.target(settings, blobs, client);
      assertThat(apply(revision(sleeper("1")))).isInstanceOf(Later.class);
    }
  }

  @Test
  void what_is_no_longer_needed_is_cleared_away() throws IOException {
    target = with("keep", "2");
    for (var i = 0; i < 5; i++) {
      mustApply(revision(site(file("same", "same"), file("index", "number " + i))));
    }
    var place = place(hosts.server(0));
    assertThat(children(place.resolve("releases"))).hasSize(2);
    assertThat(children(place.resolve("trees"))).hasSize(2);
    assertThat(children(place.resolve("blobs"))).hasSize(3);
    assertThat(place.resolve("current/site/index")).hasContent("number 4");
  }

  private static List<Path> children(Path folder) throws IOException {
    try (var children = Files.list(folder)) {
      return children.toList();
    }
  }

  @Test
  void components_live_on_when_connection_and_server_are_gone() {
    mustApply(revision(sleeper("1")));
    var before = target.observe(PLACE).instances();
    client.close();
    client = new SshTarget.Client();
    target = OverSsh.target(hosts, directory, blobs, client);
    assertThat(target.observe(PLACE).instances())
        .extracting(i -> i.detail().replaceAll(", up.*", ""))
        .isEqualTo(before.stream().map(i -> i.detail().replaceAll(", up.*", "")).toList());
  }

  @Test
  void values_of_variables_and_commands_reach_the_process_untouched() throws IOException {
    var nasty = "it's \"$HOME\" `id` $(id) \\ ;&| \n second line ${VERSION} é";
    var out = folder.resolve("out");
    var component =
        running(
            "worker",
            Map.of("run.variables.NASTY", nasty, "run.variables.OUT", out.toString()),
            "sh",
            "-c",
            "printf '%s|' \"$NASTY\" \"$@\" >\"$OUT.$$\" && mv \"$OUT.$$\" \"$OUT\"; exec sleep 3600",
            "sh",
            "a${NASTY}b",
            "'; exit 1; '",
            "");
    mustApply(revision(component));
    assertThat(Files.readString(out)).isEqualTo(nasty + "|a" + nasty + "b|'; exit 1; '||");
  }

  @Test
  void a_preview_says_what_changes_without_values_of_variables() throws IOException {
    mustApply(
        revision(
            running("worker", Map.of("run.variables.PASSWORD", "hush-1"), "sleep", "3600"),
            site(file("index", "one"))));
    var wanted =
        revision(
            running("worker", Map.of("run.variables.PASSWORD", "hush-2"), "sleep", "3601"),
            site(file("index", "two!"), file("more", "m")));
    var preview = (Preview.Possible) target.preview(PLACE, wanted);
    var host = hosts.server(0).name();
    assertThat(preview.changes())
        .filteredOn(c -> c.what().equals("worker on " + host))
        .singleElement()
        .satisfies(c ->
            assertThat(c.detail())
                .contains(
                    "- run.command.1: 3600",
                    "+ run.command.1: 3601",
                    "- run.variables.PASSWORD: (not shown)"))
        .satisfies(c -> assertThat(String.join("\n", c.detail())).doesNotContain("hush"));
    assertThat(preview.changes())
        .filteredOn(c -> c.what().equals("site on " + host))
        .singleElement()
        .satisfies(c ->
            assertThat(c.detail())
                .containsExactly("- index", "+ index", "+ more", " 2 files, 5 B, have to be sent"));
  }

  @Test
  void every_posix_shell_will_do_and_busybox_alone_too() throws IOException, InterruptedException {
    for (var shell : List.of("dash", "bash", "busybox")) {
      var bin = Files.createDirectories(folder.resolve("bin-" + shell));
      if (shell.equals("busybox")) {
        var install =
            new ProcessBuilder(Needs.tool("busybox").toString(), "--install", "-s", bin.toString());
        assertThat(install.start().waitFor()).isZero();
        hosts.server(0).path(bin.toString());
      } else {
        Files.createSymbolicLink(bin.resolve("sh"), Needs.tool(shell));
        hosts.server(0).path(bin + ":" + System.getenv("PATH"));
      }
      try {
        mustApply(revision(sleeper(shell), site(file("index", shell), file("same", "same"))));
        // Where flock is missing, the lock of a process that was killed must not hold forever.
        var store = hosts.server(0).home().resolve(directory).resolve(".fleetwright");
        Files.createSymbolicLink(store.resolve(PLACE.name() + ".held"), Path.of("4194304 1"));
        mustApply(
            revision(
                sleeper(shell + " again"),
                site(file("index", "again " + shell), file("same", "same"))));
        assertThat(target.observe(PLACE).complaint()).isEmpty();
        assertThat(target.last(PLACE, "worker", 5)).isNotEmpty();
        assertThat(place(hosts.server(0)).resolve("current/site/index"))
            .hasContent("again " + shell);
        assertThat(target.remove(order(), PLACE)).isInstanceOf(Applied.class);
        assertThat(place(hosts.server(0))).doesNotExist();
      } finally {
        Files.delete(hosts.server(0).home().resolve("path"));
        Files.deleteIfExists(
            hosts.server(0).home().resolve(directory + "/.fleetwright/" + PLACE.name() + ".held"));
        for (var link : children(bin)) {
          Files.delete(link);
        }
      }
    }
  }

  @Test
  void a_host_that_lacks_a_program_is_refused_with_its_name() throws IOException {
    var bin = Files.createDirectories(folder.resolve("bin"));
    for (var tool :
        List.of(
            "sh",
            "cat",
            "mkdir",
            "mv",
            "sha256sum",
            "grep",
            "sed",
            "tail",
            "sync",
            "find",
            "ls",
            "head",
            "tar",
            "flock",
            "basename",
            "readlink",
            "id",
            "rm",
            "touch")) {
      Files.createSymbolicLink(bin.resolve(tool), Needs.tool(tool));
    }
    hosts.server(0).path(bin.toString());
    try {
      assertThat(apply(revision(sleeper("1"))))
          .isInstanceOfSatisfying(
              Refused.class, r -> assertThat(r.reason()).contains("lacks setsid"));
    } finally {
      Files.delete(hosts.server(0).home().resolve("path"));
      for (var link : children(bin)) {
        Files.delete(link);
      }
    }
  }

  @Test
  void a_port_that_another_program_has_is_not_taken_for_the_components_own() throws IOException {
    mustApply(revision(sleeper("1")));
    try (var other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(other.getLocalPort());
      assertThat(apply(revision(running("worker", Map.of("run.port", port), "sleep", "3600"))))
          .isInstanceOfSatisfying(
              Refused.class,
              r -> assertThat(r.reason()).contains("port " + port).contains("another program"));
    }
    assertThat(target.observe(PLACE).shows(revision(sleeper("1")), Slice.all())).isTrue();
    assertThat(target.observe(PLACE).healthy()).isTrue();
  }

  @Test
  void who_is_told_to_stop_waiting_stops_at_once_and_does_not_claim_to_know() throws Exception {
    mustApply(revision(sleeper("1")));
    var slow =
        revision(
            running(
                "worker",
                Map.of("run.health.tcp", "true", "run.health.within", "1 min"),
                "sleep",
                "3600"));
    told.clear();
    var answer = new java.util.concurrent.FutureTask<>(() -> apply(slow));
    var waiting = Thread.ofVirtual().start(answer);
    Eventually.within(
        Duration.ofSeconds(30),
        "the switch",
        () -> told.stream().anyMatch(l -> l.contains("started worker")));
    var began = System.nanoTime();
    waiting.interrupt();
    assertThat(answer.get()).isInstanceOf(Unknown.class);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void shellcheck_has_nothing_to_say_about_what_runs_on_hosts()
      throws IOException, InterruptedException {
    var script = folder.resolve("agent.sh");
    Files.writeString(script, HostAgent.scriptText());
    var check =
        new ProcessBuilder(Needs.tool("shellcheck").toString(), "-s", "sh", script.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
    assertThat(check.waitFor()).isZero();
  }

  @Test
  void a_unit_is_what_systemd_understands() throws IOException, InterruptedException {
    var script = folder.resolve("agent-test");
    Files.writeString(script, HostAgent.scriptText());
    var process =
        new ProcessBuilder(
                "sh", script.toString(), "unit", "/srv/fleetwright", "shop.production", "web", "15")
            .start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(text)
        .contains("ExecStart=/bin/sh " + script + " child /srv/fleetwright shop.production web\n")
        .contains("Restart=always\n")
        .contains("TimeoutStopSec=15\n")
        .contains("WantedBy=multi-user.target\n");
    var unit = folder.resolve("fleetwright-shop.production-web.service");
    Files.writeString(unit, text);
    var verify =
        new ProcessBuilder(
                Needs.tool("systemd-analyze").toString(), "verify", "--man=no", unit.toString())
            .redirectErrorStream(true)
            .start();
    var complaints = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    verify.waitFor();
    assertThat(complaints.lines().filter(l -> l.contains(unit.getFileName().toString()))).isEmpty();
  }
}
