package dev.fleetwright.core.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Lengths of time as people write them.
public final class Words {

  private Words() {}

  /// `10 min`, `1 h 30 min`, `500 ms`; `0 s` for none.
  public static String of(Duration length) {
    var words = new ArrayList<String>();
    add(words, length.toDays(), length.toDays() == 1 ? "day" : "days");
    add(words, length.toHoursPart(), "h");
    add(words, length.toMinutesPart(), "min");
    add(words, length.toSecondsPart(), "s");
    add(words, length.toMillisPart(), "ms");
    return words.isEmpty() ? "0 s" : String.join(" ", words);
  }

  private static void add(List<String> words, long count, String unit) {
    if (count > 0) {
      words.add(count + " " + unit);
    }
  }
}
