package dev.fleetwright.pipeline.project;

import dev.fleetwright.core.environment.FreezeWindow;
import dev.fleetwright.pipeline.freeze.CronFreezes;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Suggestion;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A freeze as `fleetwright.yml` has it: `Fri 16:00`, `18:00` for every day, or five fields of
/// cron.
final class FreezeText {

  private static final List<String> DAYS =
      List.of("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday");

  private static final Pattern CLOCK = Pattern.compile("(?:([A-Za-z]+)\\s+)?(\\d{1,2}):(\\d{2})");

  private static final String EXAMPLES =
      "write for example `Fri 16:00`, `18:00` for every day, or cron such as `0 16 * * 5`";

  private FreezeText() {}

  /// Reports what is wrong with a map that has the right keys.
  static boolean check(Node node, String path, Problems problems) {
    var map = (Mapping) node;
    var before = problems.errors();
    var from = bound(map, "from", path, problems);
    var to = bound(map, "to", path, problems);
    var zone = zone(map, path, problems);
    if (problems.errors() == before) {
      // What is wrong with a pair is wrong at any time; this one was as good as another.
      CronFreezes.complaint(from.orElseThrow(), to.orElseThrow(), zone.orElseThrow(), Instant.EPOCH)
          .ifPresent(complaint ->
              problems.error(
                  map.at(), path + " " + complaint, "let `to` be some time after `from`"));
    }
    return problems.errors() == before;
  }

  /// The window that a sound map means; empty for one that was reported.
  static Optional<FreezeWindow> read(Mapping map, String path) {
    var from = ProjectFileReader.text(map, "from").orElse("");
    var to = ProjectFileReader.text(map, "to").orElse("");
    if (from.isEmpty() || to.isEmpty() || !check(map, path, new Problems())) {
      return Optional.empty();
    }
    return Optional.of(
        new FreezeWindow(
            ProjectFileReader.text(map, "name").orElse(from + " to " + to),
            cron(from),
            cron(to),
            zone(map, path, new Problems()).orElseThrow()));
  }

  private static Optional<String> bound(Mapping map, String key, String path, Problems problems) {
    var text = ProjectFileReader.text(map, key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var complaint = complaint(text.get());
    complaint.ifPresent(why ->
        problems.error(
            map.get(key).orElseThrow().at(),
            "%s:%s `%s` %s".formatted(path, key, text.get(), why),
            remedy(text.get())));
    return complaint.isPresent() ? Optional.empty() : Optional.of(cron(text.get()));
  }

  private static Optional<String> complaint(String text) {
    var clock = CLOCK.matcher(text.strip());
    if (!clock.matches()) {
      return CronFreezes.complaint(text);
    } else if (hour(clock) > 23 || Integer.parseInt(clock.group(3)) > 59) {
      return Optional.of("is no time of a day, which goes from 00:00 to 23:59");
    }
    return day(clock).isEmpty() ? Optional.of("names no day of the week") : Optional.empty();
  }

  private static String remedy(String text) {
    var clock = CLOCK.matcher(text.strip());
    return clock.matches() && clock.group(1) != null && day(clock).isEmpty()
        ? Suggestion.remedy(clock.group(1), DAYS, EXAMPLES)
        : EXAMPLES;
  }

  /// As cron, whichever way it is written.
  private static String cron(String text) {
    var clock = CLOCK.matcher(text.strip());
    return clock.matches()
        ? "%d %d * * %s"
            .formatted(Integer.parseInt(clock.group(3)), hour(clock), day(clock).orElseThrow())
        : text.strip();
  }

  private static int hour(Matcher clock) {
    return Integer.parseInt(clock.group(2));
  }

  /// The day as cron has it: 0 for Sunday, `*` for each.
  private static Optional<String> day(Matcher clock) {
    var name = clock.group(1);
    if (name == null) {
      return Optional.of("*");
    }
    var lower = name.toLowerCase(Locale.ROOT);
    return DAYS.stream()
        .filter(day -> lower.length() >= 2 && day.startsWith(lower))
        .findFirst()
        .map(day -> String.valueOf(DAYS.indexOf(day)));
  }

  private static Optional<ZoneId> zone(Mapping map, String path, Problems problems) {
    var name = ProjectFileReader.text(map, "zone").orElse("UTC");
    if (ZoneId.getAvailableZoneIds().contains(name)) {
      return Optional.of(ZoneId.of(name));
    }
    problems.error(
        map.get("zone").orElseThrow().at(),
        "%s:zone: `%s` is no time zone".formatted(path, name),
        nearest(name)
            .map(near -> "did you mean `" + near + "`?")
            .orElse("write its name in the tz database, such as `Europe/Amsterdam` or `UTC`"));
    return Optional.empty();
  }

  /// `Amsterdam` is meant for `Europe/Amsterdam`, and so is `Europe/Amsterdm`.
  private static Optional<String> nearest(String name) {
    var zones = ZoneId.getAvailableZoneIds();
    var city = "/" + name.strip().replace(' ', '_').toLowerCase(Locale.ROOT);
    return zones.stream()
        .filter(zone -> zone.toLowerCase(Locale.ROOT).endsWith(city))
        .min(String::compareTo)
        .or(() -> Suggestion.closest(name, zones));
  }
}
