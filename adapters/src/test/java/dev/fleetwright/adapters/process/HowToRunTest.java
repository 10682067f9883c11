package dev.fleetwright.adapters.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.adapters.process.HowToRun.FilesOnly;
import dev.fleetwright.adapters.process.HowToRun.Probe;
import dev.fleetwright.adapters.process.HowToRun.Program;
import dev.fleetwright.adapters.process.HowToRun.Unusable;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HowToRunTest {

  @Test
  void a_component_without_run_is_files_only() {
    assertThat(HowToRun.of(Settings.of(Map.of("cache", "1 h")))).isEqualTo(new FilesOnly());
  }

  @Test
  void reads_everything_that_can_be_said() {
    var settings =
        Map.of(
            "run.command.0", "java",
            "run.command.1", "-Dgreeting=${GREETING}",
            "run.port", "8080",
            "run.health.http", "/healthz",
            "run.health.within", "1 min",
            "run.stop_within", "500ms",
            "run.variables.GREETING", "hello");
    assertThat(HowToRun.of(Settings.of(settings)))
        .isEqualTo(
            new Program(
                List.of("java", "-Dgreeting=${GREETING}"),
                OptionalInt.of(8080),
                new Probe.Http("/healthz"),
                Duration.ofMinutes(1),
                Duration.ofMillis(500),
                new TreeMap<>(Map.of("GREETING", "hello"))));
  }

  @Test
  void a_port_that_is_not_probed_is_connected_to() {
    var program = program(Map.of("run.command.0", "web", "run.port", "0"));
    assertThat(program.probe()).isEqualTo(new Probe.Tcp());
    assertThat(program.listens()).isTrue();
  }

  @Test
  void a_probe_without_a_port_listens_on_a_port_of_the_targets_choice() {
    var program = program(Map.of("run.command.0", "web", "run.health.tcp", "true"));
    assertThat(program.listens()).isTrue();
    assertThat(program.port()).isEmpty();
  }

  @Test
  void a_program_that_says_nothing_more_only_stays_alive() {
    var program = program(Map.of("run.command.0", "worker"));
    assertThat(program.probe()).isEqualTo(new Probe.StaysAlive());
    assertThat(program.listens()).isFalse();
  }

  @Test
  void a_variable_stays_one_argument_whatever_it_contains() {
    var evil = "$(rm -rf /) `id` ; 'a \"b\" \\1 ${PATH}\n-x";
    var program =
        program(
            Map.of(
                "run.command.0", "echo",
                "run.command.1", "<${TEXT}> ${TEXT} $TEXT ${not a name}",
                "run.variables.TEXT", "from the settings"));
    assertThat(program.command(Map.of("TEXT", evil)))
        .containsExactly("echo", "<" + evil + "> " + evil + " $TEXT ${not a name}");
  }

  @Test
  void names_every_mistake_at_once() {
    var settings =
        Map.of(
            "run.command.0", "web",
            "run.command.1", "${MISSING}",
            "run.port", "http",
            "run.health.http", "/a b\r\nHost: x",
            "run.stop_within", "soon",
            "run.variables.PORT", "1",
            "run.variables.a-b", "1");
    var component = new Component("web", List.of(), Settings.of(settings));
    assertThat(HowToRun.of(component)).isInstanceOf(Unusable.class);
    assertThat(((Unusable) HowToRun.of(component)).problems())
        .containsExactlyInAnyOrder(
            "component `web`: `run: command` uses ${MISSING}, which is not among `run: variables`",
            "component `web`: `run: port` is `http`; write a number from 1 to 65535",
            "component `web`: `run: health: http` is `/a b\r\nHost: x`; write a path such as"
                + " /healthz",
            "component `web`: `run: stop_within` is `soon`; write a time such as 20 s, at most an"
                + " hour",
            "component `web`: `run: variables` has `PORT`, which is set by Fleetwright",
            "component `web`: `run: variables` has `a-b`, which cannot be a variable's name");
  }

  @Test
  void says_that_a_container_image_is_for_another_target() {
    var component = new Component("web", List.of(), Settings.of(Map.of("image", "example/web")));
    assertThat(HowToRun.of(component))
        .isInstanceOfSatisfying(
            Unusable.class,
            u -> assertThat(u.problems().getFirst()).contains("`web` is a container image"));
  }

  private static Program program(Map<String, String> settings) {
    return (Program) HowToRun.of(Settings.of(settings));
  }
}
