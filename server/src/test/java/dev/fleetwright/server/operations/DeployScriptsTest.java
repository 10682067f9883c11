package dev.fleetwright.server.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.core.pipeline.Workplace.Image;
import dev.fleetwright.core.pipeline.Workplace.PullPolicy;
import dev.fleetwright.core.pipeline.Workplace.Service;
import dev.fleetwright.core.target.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DeployScriptsTest {

  @Test
  void the_containers_around_a_script_are_kept_with_the_plan() {
    var workplace =
        workplace(
            Optional.of(
                new Image(
                    "registry.example/tools:1",
                    List.of("/bin/sh", "-c"),
                    List.of(PullPolicy.ALWAYS, PullPolicy.IF_NOT_PRESENT),
                    Optional.of("linux/arm64"),
                    Optional.of("1000"),
                    Optional.empty())),
            new Service(
                Image.named("postgres:17"),
                List.of("db", "main"),
                List.of("-c", "fsync=off"),
                new TreeMap<>(Map.of("POSTGRES_DB", "shop"))),
            new Service(Image.named("redis"), List.of(), List.of(), new TreeMap<>()));
    assertThat(keptAndRead(workplace)).isEqualTo(workplace);
  }

  @Test
  void a_script_of_the_host_stays_one() {
    assertThat(keptAndRead(Workplace.BARE)).isEqualTo(Workplace.BARE);
  }

  private static Workplace workplace(Optional<Image> image, Service... services) {
    return new Workplace(
        image,
        List.of(services),
        List.of(),
        List.of(),
        new TreeMap<>(),
        new TreeMap<>(),
        List.of());
  }

  private static Workplace keptAndRead(Workplace workplace) {
    var settings = new TreeMap<String, String>();
    ScriptSurroundings.keep(workplace, settings);
    return ScriptSurroundings.read(Settings.of(settings));
  }
}
