package dev.fleetwright.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.Samples;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.environment.Alarm;
import dev.fleetwright.core.environment.Alarms;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.RollbackTriggers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What an alarm does to a deploy that is under way. What it does afterwards is told end to end by
/// the server's `RollbackTest`.
class AlarmResponseTest {

  private static final Actor ANN = new Actor("ann");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final InMemoryDeploys deploys = new InMemoryDeploys();
  private final OneEnvironment environments = new OneEnvironment(List.of());
  private final Firing alarms = new Firing();
  private final AlarmResponse response =
      new AlarmResponse(
          alarms,
          deploys,
          new DeployPlanner(
              environments,
              new NoReleases(),
              deploys,
              new dev.fleetwright.core.plan.Planner(
                  _ -> {
                    throw new AssertionError("no target is asked");
                  },
                  Samples.blobs()),
              Samples.blobs()),
          () -> NOON);

  @Test
  void a_deploy_under_way_is_taken_back_and_only_once() {
    var deploy = running(NOON);
    alarms.firing.add(alarm(NOON.plusSeconds(5)));
    respond();
    respond();
    assertThat(deploys.history(deploy)).containsExactly("planned", "started", "rollback_asked");
    assertThat(deploys.events(deploy).getLast().event())
        .isEqualTo(new DeployEvent.RollbackAsked("alarm error-rate", "7 % are 503"));
  }

  @Test
  void argo_cd_17314_a_deploy_that_began_while_the_alarm_fired_may_be_the_fix() {
    var deploy = running(NOON);
    alarms.firing.add(alarm(NOON.minusSeconds(5)));
    respond();
    assertThat(deploys.history(deploy)).containsExactly("planned", "started");
  }

  @Test
  void where_alarms_do_not_count_nothing_happens() {
    environments.policy = Policy.NONE.with(RollbackTriggers.NEVER);
    var deploy = running(NOON);
    alarms.firing.add(alarm(NOON.plusSeconds(5)));
    respond();
    assertThat(deploys.history(deploy)).containsExactly("planned", "started");
  }

  @Test
  void what_has_not_begun_is_not_to_blame() {
    var deploy = deploys.add(DeployRequest.start(1, 7), ANN, NOON).deploy().id();
    alarms.firing.add(alarm(NOON.plusSeconds(5)));
    respond();
    assertThat(deploys.history(deploy)).isEmpty();
  }

  private void respond() {
    response.respond(environments.find(1).orElseThrow());
  }

  private static Alarm alarm(Instant since) {
    return new Alarm(1, 1, "error-rate", "7 % are 503", "grafana", since);
  }

  private long running(Instant at) {
    var id = deploys.add(DeployRequest.start(1, 7), ANN, at).deploy().id();
    append(id, new Planned(Samples.plan(0, "eu")), at);
    append(id, new Started(), at);
    return id;
  }

  private void append(long id, DeployEvent event, Instant at) {
    var _ = deploys.append(id, deploys.events(id).size(), event, ANN, at, Optional.empty());
  }

  private static final class Firing implements Alarms {
    final List<Alarm> firing = new ArrayList<>();

    @Override
    public List<Alarm> firing(long environment) {
      return List.copyOf(firing);
    }

    @Override
    public List<Alarm> firing() {
      return List.copyOf(firing);
    }

    @Override
    public Alarm raise(long environment, String name, String reason, Actor by, Instant at) {
      throw new UnsupportedOperationException("no test needs it");
    }

    @Override
    public boolean clear(long environment, String name, Actor by, Instant at) {
      throw new UnsupportedOperationException("no test needs it");
    }
  }
}
