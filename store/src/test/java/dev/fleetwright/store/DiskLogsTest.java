package dev.fleetwright.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskLogsTest {

  private static final LogName LOG = LogName.job(1234);
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  @TempDir Path folder;

  @Test
  void reads_what_was_appended_from_any_offset() {
    try (var logs = new DiskLogs(folder)) {
      append(logs, "hello ");
      append(logs, "world");
      assertThat(text(logs, 0, 100)).isEqualTo("hello world");
      assertThat(text(logs, 6, 3)).isEqualTo("wor");
      assertThat(text(logs, 11, 100)).isEmpty();
      assertThat(text(logs, 99, 100)).isEmpty();
      assertThat(logs.size(LOG)).isEqualTo(11);
    }
  }

  @Test
  void a_log_that_nobody_wrote_is_empty() {
    try (var logs = new DiskLogs(folder)) {
      assertThat(text(logs, 0, 10)).isEmpty();
      assertThat(logs.size(LogName.deploy(1))).isZero();
    }
  }

  @Test
  void goes_on_where_another_server_stopped() {
    try (var before = new DiskLogs(folder)) {
      append(before, "one\n");
    }
    try (var after = new DiskLogs(folder)) {
      append(after, "two\n");
      assertThat(text(after, 0, 100)).isEqualTo("one\ntwo\n");
    }
  }

  @Test
  void more_logs_than_may_be_open_are_all_kept() {
    try (var logs = new DiskLogs(folder)) {
      for (var round = 0; round < 2; round++) {
        for (var id = 0; id < 300; id++) {
          var bytes = ("log " + id + ";").getBytes(UTF_8);
          logs.append(LogName.job(id), bytes, 0, bytes.length);
        }
      }
      assertThat(new String(logs.read(LogName.job(0), 0, 100), UTF_8)).isEqualTo("log 0;log 0;");
      assertThat(new String(logs.read(LogName.job(299), 0, 100), UTF_8))
          .isEqualTo("log 299;log 299;");
    }
  }

  @Test
  void waiting_ends_when_the_log_grows() throws InterruptedException {
    try (var logs = new DiskLogs(folder)) {
      var writer = Thread.ofVirtual().start(() -> append(logs, "line\n"));
      logs.await(LOG, 0, Duration.ofSeconds(20));
      writer.join();
      assertThat(logs.size(LOG)).isEqualTo(5);
    }
  }

  @Test
  void tells_when_each_part_of_a_log_came() throws IOException {
    var now = new AtomicReference<>(NOON);
    try (var logs = new DiskLogs(folder, now::get)) {
      append(logs, "first\n");
      now.set(NOON.plusMillis(50));
      append(logs, "at once\n");
      now.set(NOON.plusSeconds(3));
      append(logs, "later\n");
    }
    // As a machine leaves it that stops while it writes.
    Files.write(folder.resolve("job/1/job-1234.moments"), new byte[5], StandardOpenOption.APPEND);
    try (var logs = new DiskLogs(folder, () -> NOON.plusSeconds(9))) {
      append(logs, "last\n");

      assertThat(logs.moments(LOG, 0, 100))
          .containsExactly(
              new LogStore.Moment(0, NOON),
              new LogStore.Moment(14, NOON.plusSeconds(3)),
              new LogStore.Moment(20, NOON.plusSeconds(9)));
      assertThat(logs.moments(LOG, 16, 19))
          .containsExactly(new LogStore.Moment(14, NOON.plusSeconds(3)));
      assertThat(logs.moments(LogName.job(77), 0, 100)).isEmpty();
    }
  }

  private static void append(DiskLogs logs, String text) {
    var bytes = text.getBytes(UTF_8);
    logs.append(LOG, bytes, 0, bytes.length);
  }

  private static String text(DiskLogs logs, long offset, int most) {
    return new String(logs.read(LOG, offset, most), UTF_8);
  }
}
