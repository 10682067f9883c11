package dev.fleetwright.server.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.log.LogName;
import dev.fleetwright.server.ui.LogParts.Wish;
import dev.fleetwright.store.DiskLogs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
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
    var first = parts.shown(JOB, "/job", Wish.THE_END, true, "/raw");
    append("o\n");
    var second = next(first, true);

    assertThat(text(first)).containsExactly("one");
    assertThat(text(second)).containsExactly("two");
  }

  @Test
  void the_last_line_needs_no_end() throws InterruptedException {
    append("one\ntwo");
    var first = parts.shown(JOB, "/job", Wish.THE_END, true, "/raw");
    var last = next(first, false);

    assertThat(text(last)).containsExactly("two");
    assertThat(last.grows()).isFalse();
  }

  @Test
  void a_colour_lasts_from_part_to_part() throws InterruptedException {
    append("\u001b[31mred\n");
    var first = parts.shown(JOB, "/job", Wish.THE_END, true, "/raw");
    append("still\n");

    assertThat(first.more()).isEqualTo("/job/log?from=9&style=c1");
    assertThat(next(first, true).lines().getFirst().runs().getFirst().css()).isEqualTo("c1");
  }

  @Test
  void who_asks_for_more_waits_for_it() throws InterruptedException {
    append("one\n");
    var first = parts.shown(JOB, "/job", Wish.THE_END, true, "/raw");
    var writer = Thread.ofVirtual().start(() -> append("two\n"));

    assertThat(text(next(first, true))).containsExactly("two");
    writer.join();
  }

  @Test
  void a_long_log_shows_its_end_and_says_so() {
    append("x".repeat(99).concat("\n").repeat(5000));
    append("the end\n");
    var shown = parts.shown(JOB, "/job", Wish.THE_END, false, "/raw");

    assertThat(shown.lines()).hasSizeLessThan(1400);
    assertThat(text(shown).getLast()).isEqualTo("the end");
    assertThat(text(shown).getFirst()).hasSize(99);
    assertThat(shown.around().words()).isEqualTo("the last 127 kB of 488 kB");
  }

  @Test
  void one_pages_from_the_beginning_to_the_end_and_back() {
    for (var i = 0; i < 5000; i++) {
      append("line %04d %s\n".formatted(i, "x".repeat(89)));
    }
    var seen = new TreeSet<String>();
    var view = parts.shown(JOB, "/job", new Wish(0, "", 0), false, "/raw");
    seen.addAll(text(view));
    while (!text(view).getLast().startsWith("line 4999")) {
      view = follow(view, "later");
      seen.addAll(text(view));
    }
    assertThat(seen).hasSize(5000);

    var back = new TreeSet<>(text(view));
    while (!text(view).getFirst().startsWith("line 0000")) {
      view = follow(view, "earlier");
      back.addAll(text(view));
    }
    assertThat(back).isEqualTo(seen);
  }

  @Test
  void a_link_to_a_line_shows_it_with_some_before_and_its_time() {
    for (var i = 0; i < 5000; i++) {
      append("line %04d %s\n".formatted(i, "x".repeat(89)));
    }
    var line = parts.shown(JOB, "/job", Wish.THE_END, false, "/raw").lines().get(7);
    var view = parts.shown(JOB, "/job", new Wish(line.at(), "", 0), false, "/raw");

    assertThat(view.lines()).contains(line);
    assertThat(view.lines().indexOf(line)).isBetween(30, 50);
    assertThat(line.origin()).matches("\\d\\d:\\d\\d:\\d\\d");
  }

  @Test
  void finds_lines_whatever_their_colour_and_case() {
    append("one\n\u001b[1;31mERROR\u001b[0m: disk full\nno error here\nend");

    var found = parts.shown(JOB, "/job", new Wish(-1, "error: disk", 0), false, "/raw").search();

    assertThat(found.words()).isEqualTo("1 line has `error: disk`");
    assertThat(found.hits())
        .containsExactly(
            new LogView.Search.Hit("/job?at=4&find=error%3A%20disk#b4", "ERROR: disk full"));
    assertThat(found.more()).isEmpty();
  }

  @Test
  void a_frequent_word_is_found_a_hundred_times_and_then_on_request() {
    append("again\n".repeat(150));

    var first = parts.shown(JOB, "/job", new Wish(-1, "again", 0), false, "/raw").search();
    assertThat(first.hits()).hasSize(100);
    assertThat(first.more()).isEqualTo("/job?find=again&after=600");

    var rest = parts.shown(JOB, "/job", new Wish(-1, "again", 600), false, "/raw").search();
    assertThat(rest.hits()).hasSize(50);
    assertThat(rest.more()).isEmpty();
  }

  @Test
  void looks_over_the_border_between_two_parts() {
    append("x".repeat((1 << 20) - 3) + "\nneedle\n");

    assertThat(parts.shown(JOB, "/job", new Wish(-1, "needle", 0), false, "/raw").search().hits())
        .hasSize(1);
  }

  private LogView follow(LogView view, String link) {
    var href =
        view.around().links().stream()
            .filter(l -> l.text().equals(link))
            .findFirst()
            .orElseThrow()
            .href();
    var at = href.substring(href.indexOf("at=") + 3, href.indexOf('#'));
    return parts.shown(JOB, "/job", new Wish(Long.parseLong(at), "", 0), false, "/raw");
  }

  @Test
  void a_line_longer_than_a_part_does_not_stop_the_reading() throws InterruptedException {
    append("y".repeat(200_000) + "\nend\n");
    var texts = new ArrayList<String>();
    var part = parts.next(JOB, "/job", 0, LogText.START, true);
    texts.addAll(text(part));
    while (!texts.getLast().equals("end")) {
      part = next(part, true);
      texts.addAll(text(part));
    }

    assertThat(texts.getFirst()).startsWith("yyy");
  }

  @Test
  void no_log_is_an_empty_one() {
    var none = parts.shown(JOB, "/job", Wish.THE_END, false, "/raw");

    assertThat(none.lines()).isEmpty();
    assertThat(none.raw()).isEmpty();
  }

  private LogView next(LogView before, boolean grows) throws InterruptedException {
    var query = before.more().substring(before.more().indexOf("from=") + 5).split("&style=", 2);
    return parts.next(
        JOB, "/job", Long.parseLong(query[0]), query.length == 2 ? query[1] : LogText.START, grows);
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
