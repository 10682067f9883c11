package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.pipeline.JobStatus;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.runner.HandOut;
import dev.fleetwright.core.runner.HandOut.Ended;
import dev.fleetwright.core.runner.HandOut.Offered;
import dev.fleetwright.core.runner.HandOut.Taken;
import dev.fleetwright.core.runner.HandOut.Trace;
import dev.fleetwright.core.runner.Runner;
import dev.fleetwright.core.runner.Runners.Host;
import dev.fleetwright.core.runner.Runners.NewRunner;
import dev.fleetwright.core.runner.Wish;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.runner.Runners] and [dev.fleetwright.core.runner.HandOuts] promise.
abstract class HandOutsContract extends StoreContract {

  private static final Digest TOKEN = digest("a job's token");

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private Runner runner(String... tags) {
    return database
        .runners()
        .add(
            new NewRunner(
                "build machine",
                Optional.empty(),
                new TreeSet<>(Set.of(tags)),
                false,
                true,
                false,
                Optional.of(Duration.ofMinutes(30))),
            digest("runner " + String.join(",", tags)),
            Shop.ANNA,
            Shop.NOON);
  }

  private Job pending() {
    var pipeline = shop.pipeline(Shop.job("build", "build"));
    var job = database.pipelines().jobs(pipeline.id()).getFirst();
    assertThat(
            database
                .pipelines()
                .change(
                    job.withStatus(JobStatus.PENDING),
                    JobStatus.CREATED,
                    Shop.ANNA,
                    Shop.NOON,
                    Optional.empty()))
        .isTrue();
    return database.pipelines().job(job.id()).orElseThrow();
  }

  private HandOut offer(Job job) {
    return database
        .handOuts()
        .offer(job, new Wish(Shop.NAME, new TreeSet<>(Set.of("linux")), true), 7, Shop.NOON);
  }

  private static Taken by(long runner) {
    return new Taken(runner, "s_1", Shop.NOON, Shop.NOON, Duration.ofMinutes(10));
  }

  private HandOut taken() {
    var offered = offer(pending());
    assertThat(database.handOuts().take(offered.id(), by(1), TOKEN)).isTrue();
    return database.handOuts().byToken(TOKEN).orElseThrow();
  }

  @Test
  void a_runner_is_found_as_it_was_made_and_by_its_token_only_while_it_is_there() {
    var made = runner("linux", "gpu");

    assertThat(made.tags()).containsExactly("gpu", "linux");
    assertThat(database.runners().find(made.id())).contains(made);
    assertThat(database.runners().byToken(digest("runner linux,gpu"))).contains(made);
    assertThat(database.runners().byToken(digest("guess"))).isEmpty();
    assertThat(database.runners().anyFor(new ProjectName("another"))).isTrue();
    assertThat(database.runners().pause(made.id(), true, Shop.ANNA, Shop.NOON)).isTrue();
    assertThat(database.runners().find(made.id()).orElseThrow().paused()).isTrue();
    assertThat(database.runners().remove(made.id(), Shop.ANNA, Shop.NOON)).isPresent();
    assertThat(database.runners().all()).isEmpty();
    assertThat(database.runners().anyFor(Shop.NAME)).isFalse();
    assertThat(database.runners().pause(made.id(), true, Shop.ANNA, Shop.NOON)).isFalse();
    assertThat(database.ledger().fault("instance")).isEmpty();
  }

  @Test
  void a_token_is_renewed_once_by_whoever_has_the_one_before() {
    var made = runner("linux");
    var before = digest("runner linux");

    assertThat(database.runners().renewToken(made.id(), before, digest("b"), Shop.ANNA, Shop.NOON))
        .isTrue();
    assertThat(database.runners().renewToken(made.id(), before, digest("c"), Shop.ANNA, Shop.NOON))
        .isFalse();
    assertThat(database.runners().byToken(digest("b"))).contains(made);
    assertThat(database.runners().byToken(before)).isEmpty();
  }

  @Test
  void machines_are_known_by_their_last_word_and_only_of_runners_that_are_there() {
    var made = runner("linux");
    var first = new Host(made.id(), "s_1", "18.3.0", "linux", "amd64", "shell", "::1", Shop.NOON);
    var later =
        new Host(
            made.id(), "s_1", "18.4.0", "linux", "amd64", "shell", "::1", Shop.NOON.plusSeconds(1));
    database.runners().heard(first);
    database.runners().heard(later);
    database.runners().heard(new Host(99, "s_2", "", "", "", "", "", Shop.NOON));

    assertThat(database.runners().machines(10)).containsExactly(later);
    assertThat(database.runners().forget(made.id(), "s_1")).isTrue();
    assertThat(database.runners().machines(10)).isEmpty();
  }

  @Test
  void a_job_is_offered_once_and_as_long_as_it_waits() {
    var job = pending();
    var offered = offer(job);

    assertThat(offer(job)).isEqualTo(offered);
    assertThat(offered.state()).isEqualTo(new Offered());
    assertThat(offered.trace()).isEqualTo(Trace.from(7));
    assertThat(database.handOuts().offered()).containsExactly(offered);
    database.pipelines().cancel(job.pipeline(), jobs -> jobs, Shop.ANNA, Shop.NOON);
    assertThat(database.handOuts().offered()).isEmpty();
    assertThat(database.handOuts().take(offered.id(), by(1), TOKEN)).isFalse();
    assertThat(database.handOuts().byToken(TOKEN)).isEmpty();
  }

  @Test
  void a_job_is_with_one_runner_however_many_ask_for_it() throws Exception {
    var offered = offer(pending());
    var start = new CyclicBarrier(4);
    var asking = new ArrayList<Callable<Boolean>>();
    for (var i = 0; i < 4; i++) {
      var runner = i;
      asking.add(() -> {
        start.await();
        return database.handOuts().take(offered.id(), by(runner), digest("token " + runner));
      });
    }
    var won = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(asking)) {
        won += answer.get() ? 1 : 0;
      }
    }
    assertThat(won).isEqualTo(1);
    assertThat(database.handOuts().taken()).isEqualTo(Map.of(Shop.NAME, 1));
  }

  @Test
  void what_a_runner_does_wakes_the_pipeline_and_what_it_prints_does_not() {
    var offered = offer(pending());
    var pipelines = database.pipelines();
    var before = pipelines.find(offered.pipeline()).orElseThrow().changes();
    assertThat(database.handOuts().take(offered.id(), by(1), TOKEN)).isTrue();
    var taken = pipelines.find(offered.pipeline()).orElseThrow().changes();
    assertThat(taken).isGreaterThan(before);

    database.handOuts().heard(offered.id(), Shop.NOON.plusSeconds(5));
    assertThat(
            database
                .handOuts()
                .advance(offered.id(), Trace.from(7), new Trace(3, -5, 10), Shop.NOON))
        .isTrue();
    assertThat(pipelines.find(offered.pipeline()).orElseThrow().changes()).isEqualTo(taken);

    assertThat(database.handOuts().end(offered.id(), new Ending.Succeeded(), Shop.NOON)).isTrue();
    assertThat(pipelines.find(offered.pipeline()).orElseThrow().changes()).isGreaterThan(taken);
  }

  @Test
  void a_log_grows_from_where_it_was_and_survives_a_restart() {
    var taken = taken();
    var next = new Trace(3, 0xCAFEBABE, 10);

    assertThat(database.handOuts().advance(taken.id(), taken.trace(), next, Shop.NOON)).isTrue();
    assertThat(database.handOuts().advance(taken.id(), taken.trace(), next, Shop.NOON)).isFalse();
    reopen();

    assertThat(database.handOuts().byToken(TOKEN).orElseThrow().trace()).isEqualTo(next);
  }

  @Test
  void what_is_left_adds_up_until_the_end_and_the_token_opens_nothing_then() {
    var taken = taken();
    var first = new TreeEntry.File("a", digest("1"), 1, false);
    var second = new TreeEntry.File("a", digest("2"), 1, true);
    var link = new TreeEntry.Link("b", "a");
    var handOuts = database.handOuts();

    assertThat(handOuts.keep(taken.id(), List.of(first, link), Map.of("A", "1"), List.of(), at(1)))
        .isTrue();
    assertThat(handOuts.keep(taken.id(), List.of(second), Map.of("B", "2"), List.of("no"), at(2)))
        .isTrue();
    var kept = handOuts.kept(taken.id());
    assertThat(kept.files()).containsExactly(second, link);
    assertThat(kept.dotenv()).isEqualTo(Map.of("A", "1", "B", "2"));
    assertThat(kept.problems()).containsExactly("no");

    var failed = new Ending.Failed(3, "script_failure", "exit status 3");
    assertThat(handOuts.end(taken.id(), failed, at(3))).isTrue();
    assertThat(handOuts.end(taken.id(), new Ending.Succeeded(), at(4))).isFalse();
    assertThat(handOuts.byToken(TOKEN)).isEmpty();
    assertThat(handOuts.keep(taken.id(), List.of(first), Map.of(), List.of(), at(5))).isFalse();
    assertThat(handOuts.of(taken.job()).orElseThrow().state())
        .isEqualTo(new Ended(1, Shop.NOON, failed, at(3)));
    assertThat(handOuts.taken()).isEmpty();
  }

  @Test
  void a_job_that_is_cancelled_says_so_and_stays_with_its_runner_until_that_has_ended_it() {
    var taken = taken();
    database.pipelines().cancel(taken.pipeline(), jobs -> jobs, Shop.ANNA, Shop.NOON);

    assertThat(database.handOuts().byToken(TOKEN).orElseThrow().cancelled()).isTrue();
    assertThat(database.handOuts().under(10)).hasSize(1);
  }

  private static Instant at(int seconds) {
    return Shop.NOON.plusSeconds(seconds);
  }
}
