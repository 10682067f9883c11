package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Pipelines.NewPipeline;
import dev.fleetwright.core.pipeline.Schedules.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.pipeline.Schedules] promises.
abstract class SchedulesContract extends StoreContract {

  private static final Instant SLOT = Shop.NOON.plusSeconds(60);
  private static final Instant AFTER = SLOT.plus(Duration.ofDays(1));

  private Schedule nightly() {
    return database
        .schedules()
        .add(
            Shop.NAME,
            "nightly",
            "main",
            "30 4 * * *",
            "Europe/Berlin",
            new TreeMap<>(Map.of("DEEP", "yes")),
            SLOT,
            Shop.ANNA,
            Shop.NOON);
  }

  private static NewPipeline pipeline() {
    return new NewPipeline(
        Shop.NAME,
        Shop.SHA,
        "main",
        false,
        "schedule",
        "",
        "",
        List.of("build"),
        List.of(Shop.job("a", "build")),
        List.of(),
        new TreeMap<>());
  }

  private Optional<Pipeline> fire(Schedule schedule) {
    return database.schedules().fire(schedule, AFTER, pipeline(), Shop.ANNA, SLOT);
  }

  @Test
  void a_schedule_is_found_as_it_was_made_and_is_due_when_its_slot_has_come() {
    var made = nightly();

    assertThat(made.active()).isTrue();
    assertThat(made.variables()).isEqualTo(Map.of("DEEP", "yes"));
    assertThat(database.schedules().find(made.id())).contains(made);
    assertThat(database.schedules().of(Shop.NAME)).containsExactly(made);
    assertThat(database.schedules().due(SLOT.minusNanos(1000))).isEmpty();
    assertThat(database.schedules().due(SLOT)).containsExactly(made);
  }

  @Test
  void a_slot_gives_one_pipeline_however_many_ask() throws Exception {
    var schedule = nightly();
    var start = new CyclicBarrier(4);
    var asking = new ArrayList<Callable<Optional<Pipeline>>>();
    for (var i = 0; i < 4; i++) {
      asking.add(() -> {
        start.await();
        return fire(schedule);
      });
    }
    var started = new ArrayList<Pipeline>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(asking)) {
        answer.get().ifPresent(started::add);
      }
    }

    assertThat(started).hasSize(1);
    assertThat(database.pipelines().of(Shop.NAME, 10, 0)).isEqualTo(started);
    var after = database.schedules().find(schedule.id()).orElseThrow();
    assertThat(after.next()).isEqualTo(AFTER);
    assertThat(after.pipeline()).contains(started.getFirst().id());
    assertThat(database.schedules().due(SLOT)).isEmpty();
  }

  @Test
  void a_slot_may_pass_and_says_why() {
    var schedule = nightly();

    assertThat(database.schedules().pass(schedule, AFTER, "the branch is gone")).isTrue();

    var after = database.schedules().find(schedule.id()).orElseThrow();
    assertThat(after.problem()).isEqualTo("the branch is gone");
    assertThat(database.schedules().pass(schedule, AFTER, "late")).as("it passed").isFalse();
    assertThat(fire(schedule)).isEmpty();
    assertThat(fire(after)).isPresent();
    assertThat(database.schedules().find(schedule.id()).orElseThrow().problem()).isEmpty();
  }

  @Test
  void what_is_paused_or_gone_starts_nothing() {
    var schedule = nightly();

    assertThat(database.schedules().activate(schedule.id(), false, SLOT, Shop.ANNA, SLOT)).isTrue();
    assertThat(database.schedules().due(AFTER)).isEmpty();
    assertThat(fire(schedule)).isEmpty();
    database.schedules().activate(schedule.id(), true, AFTER, Shop.ANNA, SLOT);
    assertThat(database.schedules().due(SLOT)).isEmpty();
    assertThat(database.schedules().due(AFTER)).hasSize(1);
    assertThat(database.schedules().remove(schedule.id(), Shop.ANNA, SLOT)).isTrue();
    assertThat(database.schedules().remove(schedule.id(), Shop.ANNA, SLOT)).isFalse();
    assertThat(fire(schedule)).isEmpty();
    assertThat(database.ledger().read("shop", 1, 100))
        .extracting(kept -> kept.content().kind())
        .containsExactly(
            "project.added",
            "schedule.added",
            "schedule.paused",
            "schedule.resumed",
            "schedule.removed");
  }
}
