package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.api.FeedEvent;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Job;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.Schedule;
import dev.fleetwright.api.Watch;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.store.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pipelines that start by the clock, with a real repository and a server that was away.
@Timeout(120)
class ScheduleTest {

  private static final Actor ROOT = new Actor("root");

  @TempDir Path data;

  @Test
  void a_slot_that_nobody_was_there_for_is_made_up_for_once_and_jobs_know_of_it() throws Exception {
    var repository = GitFolder.empty(data.resolve("repository"));
    repository
        .write(
            ".gitlab-ci.yml",
            """
            nightly: { script: echo "nightly $DEPTH", only: [schedules] }
            pushed: { script: echo pushed, except: [schedules] }
            """)
        .commit("A pipeline");
    var server = ServerUnderTest.first(data.resolve("server"));
    Schedule schedule;
    try (var client = server.client()) {
      client.addProject(
          new Project.Add("shop", repository.folder().toString(), Optional.of(false)));
      schedule =
          client.makeSchedule(
              "shop",
              new Schedule.Make(
                  "every night",
                  "30 4 * * *",
                  Optional.empty(),
                  Optional.of("Europe/Berlin"),
                  Optional.of(Map.of("DEPTH", "deep"))));
      assertThat(schedule.next()).isAfter(Instant.now());
      assertThat(schedule.variables()).containsExactly("DEPTH");
      refusals(client);
    }
    server.close();
    try (var database = Database.open(data.resolve("server"))) {
      var schedules = database.schedules();
      var past = Instant.now().minus(Duration.ofDays(3));
      schedules.activate(schedule.id(), false, past, ROOT, past);
      schedules.activate(schedule.id(), true, past, ROOT, past);
    }

    try (var again = ServerUnderTest.again(data.resolve("server"), server.token());
        var client = again.client()) {
      try (var events = client.events(Watch.project("shop"), 0)) {
        FeedEvent event;
        do {
          event = events.next().orElseThrow();
        } while (!event.topic().equals("pipeline") || !"success".equals(event.keys().get("state")));
      }
      var pipelines = client.pipelines("shop", 1).items();
      assertThat(pipelines).hasSize(1);
      assertThat(pipelines.getFirst().source()).isEqualTo("schedule");
      assertThat(pipelines.getFirst().by())
          .isEqualTo("schedule %d (root)".formatted(schedule.id()));
      var jobs = client.jobs(pipelines.getFirst().id());
      assertThat(jobs).extracting(Job::name).containsExactly("nightly");
      assertThat(client.jobLog(jobs.getFirst().id(), 0).text()).contains("nightly deep");
      var after = client.schedules("shop").getFirst();
      assertThat(after.next()).isAfter(Instant.now());
      assertThat(after.pipeline()).contains(pipelines.getFirst().id());

      assertThat(client.runSchedule(schedule.id()).source()).isEqualTo("schedule");
      assertThat(client.pauseSchedule(schedule.id()).active()).isFalse();
      assertThat(client.resumeSchedule(schedule.id()).active()).isTrue();
      client.removeSchedule(schedule.id());
      assertThat(client.schedules("shop")).isEmpty();
    }
  }

  private static void refusals(FleetwrightClient client) {
    assertThatThrownBy(() -> make(client, "61 * * * *", "main"))
        .isInstanceOfSatisfying(
            RequestFailed.class,
            e -> {
              assertThat(e.status()).isEqualTo(400);
              assertThat(e.failure().message()).startsWith("`61 * * * *` is no cron expression");
            });
    assertThatThrownBy(() -> make(client, "0 0 * * *", "gone"))
        .isInstanceOfSatisfying(RequestFailed.class, e -> assertThat(e.status()).isEqualTo(404));
  }

  private static Schedule make(FleetwrightClient client, String cron, String ref)
      throws InterruptedException {
    return client.makeSchedule(
        "shop", new Schedule.Make("x", cron, Optional.of(ref), Optional.empty(), Optional.empty()));
  }
}
