package dev.fleetwright.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome.Applied;
import dev.fleetwright.core.target.Outcome.Refused;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.testkit.DirectoryBlobs;
import dev.fleetwright.testkit.Needs;
import dev.fleetwright.testkit.OpenSshHosts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A host that does not let us through to its ports: its agent asks them.
@Timeout(120)
class SshWithoutForwardingTest {

  private static final Place PLACE =
      new Place(new ProjectName("shop"), new EnvironmentSlug("production"), "here");

  private int deploys;

  private Order order() {
    return new Order(new ApplyId(++deploys, 0, false), 1, _ -> {});
  }

  @Test
  void health_is_asked_for_on_the_host_itself(@TempDir Path folder)
      throws IOException, InterruptedException {
    Needs.tool("curl");
    try (var hosts = new OpenSshHosts(folder, 1, "AllowTcpForwarding no");
        var client = new SshTarget.Client()) {
      var target =
          OverSsh.target(hosts, "web", new DirectoryBlobs(folder.resolve("blobs")), client);
      assertThat(target.apply(order(), PLACE, web(Map.of("run.health.http", "/")), Slice.all()))
          .isInstanceOf(Applied.class);
      assertThat(target.observe(PLACE).complaint()).isEmpty();
      assertThat(target.apply(order(), PLACE, web(Map.of("run.health.tcp", "true")), Slice.all()))
          .isInstanceOf(Applied.class);
      assertThat(
              target.apply(order(), PLACE, web(Map.of("run.health.http", "/missing")), Slice.all()))
          .isInstanceOfSatisfying(
              Refused.class, r -> assertThat(r.reason()).contains("answers /missing with 404"));
      assertThat(target.remove(order(), PLACE)).isInstanceOf(Applied.class);
    }
  }

  /// The JDK's own file server.
  private static Revision web(Map<String, String> health) {
    var settings = new TreeMap<>(health);
    settings.put("run.health.within", health.containsValue("/missing") ? "3 s" : "30 s");
    var command = List.of("jwebserver", "-b", "127.0.0.1", "-p", "${PORT}");
    for (var i = 0; i < command.size(); i++) {
      settings.put("run.command." + i, command.get(i));
    }
    settings.putIfAbsent("run.variables.WHICH", health.toString());
    return new Revision(List.of(new Component("web", List.of(), Settings.of(settings))));
  }
}
