package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Keeps account of what GitLab understands and this release does not act on: one entry for each
/// keyword, however many jobs have it.
final class NotYet {
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private final List<Unread> unread = new ArrayList<>();

  private record Unread(Position at, String keyword, String what) {}

  private record Entry(boolean blocking, String without, Set<Position> places) {}

  void kept(Position at, String keyword, String without) {
    add(at, keyword, without, false);
  }

  /// An include that nobody looked at; each is named, because each is a file of its own.
  void unread(Position at, String keyword, String what) {
    unread.add(new Unread(at, keyword, what));
    add(at, keyword, "what is included cannot be looked at from here", true);
  }

  void blocking(Position at, String keyword, String without) {
    add(at, keyword, without, true);
  }

  private void add(Position at, String keyword, String without, boolean blocking) {
    entries
        .computeIfAbsent(keyword, _ -> new Entry(blocking, without, new LinkedHashSet<>()))
        .places()
        .add(at);
  }

  void report(Problems problems) {
    for (var include : unread) {
      problems.warning(
          include.at(),
          "`" + include.keyword() + "` `" + include.what() + "` cannot be looked at from here",
          "names that may be in it are not checked");
    }
    for (var gap : all()) {
      if (unread.stream().anyMatch(include -> include.keyword().equals(gap.keyword()))) {
        continue;
      }
      var places = gap.places().size();
      problems.warning(
          gap.places().getFirst(),
          "`"
              + gap.keyword()
              + "` is understood and not acted on yet"
              + (places > 1 ? " (" + places + " places)" : ""),
          gap.without());
    }
  }

  List<PipelineFile.Gap> all() {
    return entries.entrySet().stream()
        .map(entry ->
            new PipelineFile.Gap(
                entry.getKey(),
                entry.getValue().blocking(),
                entry.getValue().without(),
                List.copyOf(entry.getValue().places())))
        .toList();
  }
}
