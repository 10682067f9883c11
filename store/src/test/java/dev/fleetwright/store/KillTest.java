package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent.Held;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.Deploys.Appended;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.environment.EnvironmentName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that commits as fast as it can is killed (`kill -9`), again and again. Whatever it had
/// acknowledged is there, in full, and nothing else is.
///
/// `-Dfleetwright.kills=30` makes it as long as before a release; the default is short.
class KillTest {

  private static final int KILLS = Integer.getInteger("fleetwright.kills", 4);

  @TempDir private Path folder;

  @Test
  void nothing_acknowledged_is_lost_by_kill_9() throws Exception {
    var random = RandomGenerator.of("L64X128MixRandom");
    var acknowledged = 0L;
    for (var kill = 0; kill < KILLS; kill++) {
      acknowledged = acknowledgedUntilKilled(random.nextInt(40, 400));
      check(folder, acknowledged);
    }
    assertThat(acknowledged).as("commits over all lives").isGreaterThan(KILLS * 20L);
  }

  private long acknowledgedUntilKilled(int after) throws IOException, InterruptedException {
    var child =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Committing.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      var last = 0L;
      var count = 0;
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        last = Long.parseLong(line);
        if (++count == after) {
          // Through its handle, which leaves its output to be read to the end.
          child.toHandle().destroyForcibly();
        }
      }
      child.waitFor();
      assertThat(count).as("it was killed while it worked").isGreaterThanOrEqualTo(after);
      return last;
    }
  }

  /// What was acknowledged is there, in full, and nothing else is.
  static void check(Path folder, long acknowledged) {
    try (var database = Database.open(folder)) {
      var environment =
          database.environments().find(Shop.NAME, new EnvironmentName("production")).orElseThrow();
      var deploy = database.deploys().of(environment.id(), 1, 0).getFirst();
      var events = database.deploys().events(deploy.deploy().id());
      // One that was under way may be there too: it was stored and the answer was lost.
      assertThat((long) events.size()).isBetween(acknowledged, acknowledged + 1);
      assertThat(database.deploys().find(deploy.deploy().id())).contains(deploy);
      assertThat(database.ledger().fault(environment.stream())).isEmpty();
      assertThat(database.ledger().read(environment.stream(), 1, 100_000))
          .filteredOn(kept -> kept.content().kind().startsWith("deploy."))
          .hasSize(events.size() + 1);
    }
  }

  /// The server that is killed: says each sequence number once it is stored.
  static final class Committing {

    private Committing() {}

    public static void main(String[] arguments) {
      try (var database = Database.open(Path.of(arguments[0]))) {
        var shop = new Shop(database);
        var production = shop.environment("production", "here");
        var deploys = database.deploys();
        var known = deploys.of(production.id(), 1, 0);
        var deploy = known.isEmpty() ? shop.deploy(production) : known.getFirst();
        if (deploy.sequence() == 0) {
          var plan = Shop.plan(production, Optional.of(shop.release()), 1);
          deploy = shop.after(deploy.deploy(), new Planned(plan));
        }
        var lease = database.environmentLeases().claim("child", Duration.ofDays(1));
        var sequence = deploy.sequence();
        while (true) {
          var gates = List.of(new Gate("queue", "number " + sequence, "time"));
          var answer =
              deploys.append(
                  deploy.deploy().id(), sequence, new Held(gates), Actor.ENGINE, Shop.NOON, lease);
          if (!(answer instanceof Appended.Stored(var now))) {
            throw new AssertionError(answer);
          }
          sequence = now.sequence();
          System.out.println(sequence);
        }
      }
    }
  }
}
