package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.feed.Feed.Entry;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.feed.Feed] promises.
abstract class FeedContract extends StoreContract {

  private void move(String project) {
    database
        .projects()
        .add(new Project(new ProjectName(project), "/srv/x.git", "main", Shop.NOON), Shop.ANNA);
  }

  @Test
  void entries_are_read_in_order_after_an_id() {
    var before = database.feed().newest();
    move("a");
    move("b");

    var entries = database.feed().after(before, 10);

    assertThat(entries).extracting(entry -> entry.keys().get("project")).containsExactly("a", "b");
    assertThat(entries).extracting(Entry::topic).containsOnly("project");
    assertThat(entries).extracting(Entry::at).containsOnly(Shop.NOON);
    assertThat(entries).isSortedAccordingTo(Comparator.comparingLong(Entry::id));
    assertThat(database.feed().newest()).isEqualTo(entries.getLast().id());
    assertThat(database.feed().after(entries.getFirst().id(), 10))
        .containsExactly(entries.getLast());
    assertThat(database.feed().after(before, 1)).containsExactly(entries.getFirst());
    assertThat(database.feed().after(entries.getLast().id(), 10)).isEmpty();
  }

  @Test
  void a_reader_who_follows_sees_all_that_many_writers_commit_each_once() throws Exception {
    var start = database.feed().newest();
    var done = new AtomicBoolean();
    var seen = Collections.synchronizedList(new ArrayList<Entry>());
    try (var pool = Executors.newSingleThreadExecutor()) {
      var reader =
          pool.submit(() -> {
            var last = start;
            while (true) {
              var finish = done.get();
              var entries = database.feed().after(last, 7);
              for (var entry : entries) {
                assertThat(entry.id()).isGreaterThan(last);
                last = entry.id();
              }
              seen.addAll(entries);
              if (entries.isEmpty() && finish) {
                return null;
              } else if (entries.isEmpty()) {
                database.feed().await(last, Duration.ofMillis(50));
              }
            }
          });
      var number = new AtomicInteger();
      try {
        DeploysContract.atOnce(
            8,
            200,
            () -> {
              move("p" + number.incrementAndGet());
              return true;
            });
        Eventually.within(
            Duration.ofSeconds(10),
            () -> "the reader has seen all, not " + seen.size(),
            () -> seen.size() >= 200);
      } finally {
        done.set(true);
      }
      reader.get(10, TimeUnit.SECONDS);
    }

    assertThat(seen.stream().map(entry -> entry.keys().get("project")).distinct()).hasSize(200);
    assertThat(seen).hasSize(200);
  }

  @Test
  void a_mark_stays_while_nothing_is_committed_and_no_commit_leaves_it_alone() throws Exception {
    var writers = 4;
    try (var pool = Executors.newFixedThreadPool(writers)) {
      var ends = new ArrayList<java.util.concurrent.Future<?>>();
      for (var writer = 0; writer < writers; writer++) {
        var name = "w" + writer + "-";
        ends.add(
            pool.submit(() -> {
              for (var i = 0; i < 25; i++) {
                var before = database.feed().mark();
                move(name + i);
                assertThat(database.feed().mark()).isNotEqualTo(before);
              }
            }));
      }
      for (var end : ends) {
        end.get(60, TimeUnit.SECONDS);
      }
    }
    assertThat(database.feed().mark()).isEqualTo(database.feed().mark());
  }

  @Test
  void who_waits_is_woken_by_a_commit() throws Exception {
    var last = database.feed().newest();
    var began = new CompletableFuture<Void>();
    try (var pool = Executors.newSingleThreadExecutor()) {
      var waiting =
          pool.submit(() -> {
            began.complete(null);
            var from = System.nanoTime();
            database.feed().await(last, Duration.ofMinutes(1));
            return Duration.ofNanos(System.nanoTime() - from);
          });
      began.get();
      move("a");

      assertThat(waiting.get(30, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void waiting_for_what_is_there_already_ends_at_once() throws InterruptedException {
    var last = database.feed().newest();
    move("a");

    database.feed().await(last, Duration.ofDays(1));

    assertThat(database.feed().after(last, 10)).hasSize(1);
  }

  @Test
  void waiting_in_vain_ends_when_the_time_is_over() throws InterruptedException {
    var from = System.nanoTime();

    // Not after the newest: an entry of before may be held back and come only now.
    database.feed().await(Long.MAX_VALUE, Duration.ofMillis(60));

    assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofMillis(59));
  }

  @Test
  void closing_lets_go_of_those_who_wait() throws Exception {
    var last = database.feed().newest();
    try (var pool = Executors.newSingleThreadExecutor()) {
      var feed = database.feed();
      var waiting =
          pool.submit(() -> {
            feed.await(last, Duration.ofMinutes(5));
            return true;
          });

      reopen();

      assertThat(catchingClosed(waiting)).isTrue();
    }
  }

  private static boolean catchingClosed(java.util.concurrent.Future<Boolean> waiting)
      throws Exception {
    try {
      return waiting.get(30, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      // It had not begun to wait when the database was closed.
      return e.getCause() instanceof RuntimeException;
    }
  }

  @Test
  void only_the_newest_are_kept_and_who_missed_some_is_told() {
    var start = database.feed().newest();
    for (var name : List.of("a", "b", "c", "d")) {
      move(name);
    }
    var before = database.feed().after(start, 10);
    var newest = database.feed().newest();

    ((SqlFeed) database.feed()).prune(2);

    assertThat(database.feed().after(0, 10))
        .extracting(FeedContract::inShort)
        .containsExactly("reset {}", "project {project=c}", "project {project=d}");
    // Who has had `a` has missed `b`.
    assertThat(database.feed().after(before.get(0).id(), 10))
        .extracting(FeedContract::inShort)
        .startsWith("reset {}");
    assertThat(database.feed().after(before.get(1).id(), 10))
        .extracting(FeedContract::inShort)
        .containsExactly("project {project=c}", "project {project=d}");
    assertThat(database.feed().newest()).isEqualTo(newest);
    move("e");
    assertThat(database.feed().newest()).isGreaterThan(newest);

    ((SqlFeed) database.feed()).prune(1);

    assertThat(database.feed().after(0, 10))
        .extracting(FeedContract::inShort)
        .containsExactly("reset {}", "project {project=e}");
  }

  @Test
  void as_long_as_nothing_was_dropped_nobody_has_missed_anything() {
    move("a");

    ((SqlFeed) database.feed()).prune(1000);

    assertThat(database.feed().after(0, 10)).extracting(Entry::topic).doesNotContain("reset");
  }

  private static String inShort(Entry entry) {
    return entry.topic() + " " + entry.keys();
  }
}
