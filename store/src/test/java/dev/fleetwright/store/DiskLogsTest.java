package dev.fleetwright.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.log.LogName;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskLogsTest {

  private static final LogName LOG = LogName.job(1234);

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

  private static void append(DiskLogs logs, String text) {
    var bytes = text.getBytes(UTF_8);
    logs.append(LOG, bytes, 0, bytes.length);
  }

  private static String text(DiskLogs logs, long offset, int most) {
    return new String(logs.read(LOG, offset, most), UTF_8);
  }
}
