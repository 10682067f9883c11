package dev.fleetwright.server.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.log.LogName;
import dev.fleetwright.store.DiskLogs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Reading on in a log that grows, as a page does: nothing is lost, shown twice, or cut in a line.
@Timeout(60)
class LogPartsTest {

  private static final LogName JOB = LogName.job(7);

  @TempDir private Path folder;
  private DiskLogs logs;
  private LogParts parts;

  @BeforeEach
  void open() {
    logs = new DiskLogs(folder);
    parts = new LogParts(logs);
  }

  @AfterEach
  void close() {
    logs.close();
  }

  @Test
  void a_line_is_shown_when_it_is_whole() throws InterruptedException {
    append("one\ntw");
    var first = parts.all(JOB, "/log", true, "/raw");
    append("o\n");
    var second = next(first, true);

    assertThat(text(first)).containsExactly("one");
    assertThat(text(second)).containsExactly("two");
  }

  @Test
  void the_last_line_needs_no_end() throws InterruptedException {
    append("one\ntwo");
    var first = parts.all(JOB, "/log", true, "/raw");
    var last = next(first, false);

    assertThat(text(last)).containsExactly("two");
    assertThat(last.grows()).isFalse();
  }

  @Test
  void a_colour_lasts_from_part_to_part() throws InterruptedException {
    append("\u001b[31mred\n");
    var first = parts.all(JOB, "/log", true, "/raw");
    append("still\n");

    assertThat(first.more()).isEqualTo("/log?from=9&style=c1");
    assertThat(next(first, true).lines().getFirst().runs().getFirst().css()).isEqualTo("c1");
  }

  @Test
  void who_asks_for_more_waits_for_it() throws InterruptedException {
    append("one\n");
    var first = parts.all(JOB, "/log", true, "/raw");
    var writer = Thread.ofVirtual().start(() -> append("two\n"));

    assertThat(text(next(first, true))).containsExactly("two");
    writer.join();
  }

  @Test
  void a_long_log_shows_its_end_and_says_so() {
    append("x".repeat(99).concat("\n").repeat(5000));
    append("the end\n");
    var shown = parts.all(JOB, "/log", false, "/raw");

    assertThat(shown.lines()).hasSizeLessThan(1400);
    assertThat(text(shown).getLast()).isEqualTo("the end");
    assertThat(text(shown).getFirst()).hasSize(99);
    assertThat(shown.earlier()).contains("kB are only in the plain text");
  }

  @Test
  void a_line_longer_than_a_part_does_not_stop_the_reading() throws InterruptedException {
    append("y".repeat(200_000) + "\nend\n");
    var texts = new ArrayList<String>();
    var part = parts.next(JOB, "/log", 0, LogText.START, true);
    texts.addAll(text(part));
    while (!texts.getLast().equals("end")) {
      part = next(part, true);
      texts.addAll(text(part));
    }

    assertThat(texts.getFirst()).startsWith("yyy");
  }

  @Test
  void no_log_is_an_empty_one() {
    var none = parts.all(JOB, "/log", false, "/raw");

    assertThat(none.lines()).isEmpty();
    assertThat(none.raw()).isEmpty();
  }

  private LogView next(LogView before, boolean grows) throws InterruptedException {
    var query = before.more().substring(before.more().indexOf("from=") + 5).split("&style=", 2);
    return parts.next(
        JOB, "/log", Long.parseLong(query[0]), query.length == 2 ? query[1] : LogText.START, grows);
  }

  private void append(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    logs.append(JOB, bytes, 0, bytes.length);
  }

  private static List<String> text(LogView view) {
    return view.lines().stream()
        .map(line -> line.runs().stream().map(LogView.Run::text).collect(Collectors.joining()))
        .toList();
  }
}
