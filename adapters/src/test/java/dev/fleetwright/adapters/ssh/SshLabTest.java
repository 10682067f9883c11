package dev.fleetwright.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.adapters.ssh.Connection.Feed;
import dev.fleetwright.adapters.ssh.Connections.Access;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Outcome.Applied;
import dev.fleetwright.core.target.Outcome.Later;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.Target;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.FaultProxy;
import dev.fleetwright.testkit.TargetContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// The contract on hosts that have addresses, processes and files of their own, where the same
/// component listens on the same port of each. Runs where the environment names such hosts.
@EnabledIfEnvironmentVariable(
    named = "LAB_SSH_ADDRESSES",
    matches = ".+",
    disabledReason = "skipped: LAB_SSH_ADDRESSES names no hosts")
class SshLabTest extends TargetContract {

  private static final AtomicInteger DIRECTORIES =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 1000));

  /// Open until the contract has cleared up.
  private static final List<SshTarget.Client> CLIENTS = new ArrayList<>();

  private static final Connections CONNECTIONS = new Connections();

  private final Map<Target, String> directoryOf = new HashMap<>();

  private static String environment(String name) {
    return Objects.requireNonNull(System.getenv(name), name);
  }

  private static List<String> addresses() {
    return List.of(environment("LAB_SSH_ADDRESSES").split(" ", -1));
  }

  private static Map<String, String> settings(String directory) {
    var settings = new TreeMap<String, String>();
    for (var i = 0; i < addresses().size(); i++) {
      settings.put("hosts." + i, addresses().get(i));
    }
    settings.put("user", environment("LAB_SSH_USER"));
    settings.put("port", environment("LAB_SSH_PORT"));
    settings.put("key", "file:" + environment("LAB_SSH_KEY"));
    settings.put("known_hosts", "file:" + environment("LAB_SSH_KNOWN_HOSTS"));
    settings.put("directory", directory);
    return settings;
  }

  @AfterAll
  static void closeConnections() {
    CLIENTS.forEach(SshTarget.Client::close);
    CONNECTIONS.close();
  }

  @Override
  protected Target freshTarget() {
    // Each host has files of its own, so what components write there must be made there.
    onEachHost("mkdir -p -m 777 " + ShellWord.quote(diary().folder().toString()));
    return open("lab" + DIRECTORIES.incrementAndGet());
  }

  @Override
  protected Target reopened(Target target) {
    return open(Objects.requireNonNull(directoryOf.get(target)));
  }

  private Target open(String directory) {
    var client = new SshTarget.Client();
    CLIENTS.add(client);
    var target = OverSsh.target(settings(directory), blobs(), client);
    directoryOf.put(target, directory);
    return target;
  }

  @Override
  protected Map<String, String> port(String component) {
    return Map.of("run.port", Integer.toString(18_000 + Math.floorMod(component.hashCode(), 100)));
  }

  @Override
  protected Component component(String name, String version) throws IOException {
    return withOurJava(super.component(name, version));
  }

  @Override
  protected Component neverHealthy(String name, String version) throws IOException {
    return withOurJava(super.neverHealthy(name, version));
  }

  private static Component withOurJava(Component component) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new Component(
        component.name(),
        component.files(),
        component.settings().with(Map.of("run.command.0", java)));
  }

  /// Who is alive on the hosts, by the diary that each of them has.
  @Override
  protected List<String> alive() {
    var starts = ShellWord.quote(diary().folder().resolve("starts").toString());
    return onEachHost(
            "cat "
                + starts
                + " 2>/dev/null | while read -r name version pid at; do"
                + " ! grep -q Speaker /proc/$pid/cmdline 2>/dev/null || echo $name $version; done")
        .stream()
        .flatMap(String::lines)
        .sorted()
        .toList();
  }

  private List<String> onEachHost(String command) {
    return addresses().stream().map(address -> on(address, command)).toList();
  }

  private String on(String address, String command) {
    try {
      var access =
          new Access(
              new Host(address, address, Integer.parseInt(environment("LAB_SSH_PORT"))),
              environment("LAB_SSH_USER"),
              LoginKey.read(Path.of(environment("LAB_SSH_KEY")), Optional.empty()),
              PinnedKeys.read(Path.of(environment("LAB_SSH_KNOWN_HOSTS")), List.of()),
              Duration.ofSeconds(10));
      try (var connection = CONNECTIONS.open(access)) {
        var answer = connection.run(command, Feed.NOTHING, Duration.ofSeconds(20), "looking");
        return new String(answer.out().bytes(), java.nio.charset.StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("on " + address, e);
    }
  }

  /// As the contract, with a kill on the hosts, whose processes cannot be seen from here.
  @Test
  @Override
  protected void a_dead_component_is_not_called_healthy_and_applying_again_revives_it()
      throws IOException {
    var target = freshTarget();
    var v1 = revision("v1", "web");
    mustApply(target, v1);
    var stay = ShellWord.quote(diary().folder().resolve("stay-down-web").toString());
    onEachHost("touch " + stay + "; pkill -9 -f [S]peaker; true");
    Eventually.within(
        Duration.ofSeconds(20),
        "down or failing",
        () ->
            target.observe(place()).instances().stream()
                .allMatch(i -> i.health() == Health.DOWN || i.health() == Health.FAILING));
    onEachHost("rm " + stay);
    mustApply(target, v1);
    assertRuns(target, v1, "web v1");
    assertThat(target.remove(order(), place())).isInstanceOf(Applied.class);
  }

  @Test
  void one_of_three_hosts_that_hangs_holds_up_its_batch_and_nothing_else() throws IOException {
    var directory = "lab" + DIRECTORIES.incrementAndGet();
    onEachHost("mkdir -p -m 777 " + ShellWord.quote(diary().folder().toString()));
    try (var proxy =
            new FaultProxy(
                new InetSocketAddress(
                    addresses().get(2), Integer.parseInt(environment("LAB_SSH_PORT"))));
        var client = new SshTarget.Client()) {
      var settings = settings(directory);
      settings.put("hosts.2", "127.0.0.1:" + proxy.port());
      settings.put("connect_within", "3 s");
      settings.put(
          "host_keys.0",
          Files.readAllLines(Path.of(environment("LAB_SSH_KNOWN_HOSTS")))
              .get(2)
              .replaceFirst("^\\S+ ", ""));
      var target = OverSsh.target(settings, blobs(), client);
      var v1 = revision("v1", "web");
      var v2 = revision("v2", "web");
      mustApply(target, v1);

      proxy.blackhole();
      var reachable = new Slice.Batch(addresses().subList(0, 2));
      var hanging = new Slice.Batch(List.of("127.0.0.1:" + proxy.port()));
      assertThat(target.apply(order(), place(), v2, reachable)).isInstanceOf(Applied.class);
      assertThat(target.apply(order(), place(), v2, hanging)).isInstanceOf(Later.class);
      var seen = target.observe(place());
      assertThat(seen.unreachable()).containsExactly("127.0.0.1:" + proxy.port());
      assertThat(seen.shows(v2, reachable)).isTrue();

      proxy.heal();
      assertThat(target.apply(order(), place(), v2, hanging)).isInstanceOf(Applied.class);
      assertRuns(target, v2, "web v2");
      assertThat(target.remove(order(), place())).isInstanceOf(Applied.class);
    }
  }
}
