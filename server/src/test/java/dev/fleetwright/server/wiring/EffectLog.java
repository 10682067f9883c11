package dev.fleetwright.server.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What an [EffectTarget] wrote down, and whether it kept the invariants of the reliability
/// recipes.
///
/// @param places effects of each environment on all its targets, in the order in which they
///   happened
record EffectLog(Map<String, List<Effect>> places) {

  /// @param nanos of the machine's monotonic clock
  /// @param what `begin`, `end`, `repeated`, `refused` or `late`
  record Effect(
      long nanos,
      String what,
      long token,
      String target,
      long deploy,
      int step,
      boolean undo,
      long process) {}

  static EffectLog read(Path folder) throws IOException {
    var places = new TreeMap<String, List<Effect>>();
    if (Files.isDirectory(folder)) {
      // place/target/effects
      try (var files = Files.walk(folder, 3)) {
        for (var file : files.filter(f -> f.endsWith("effects")).toList()) {
          var path = folder.relativize(file);
          if (path.getNameCount() == 3) {
            var effects =
                places.computeIfAbsent(path.getName(0).toString(), _ -> new ArrayList<>());
            for (var line : Files.readAllLines(file)) {
              effects.add(effect(path.getName(1).toString(), line));
            }
          }
        }
      }
    }
    places.values().forEach(e -> e.sort(Comparator.comparingLong(Effect::nanos)));
    return new EffectLog(places);
  }

  private static Effect effect(String target, String line) {
    var words = line.split(" ", -1);
    var id = words[3].split("-", -1);
    return new Effect(
        Long.parseLong(words[0]),
        words[1],
        Long.parseLong(words[2]),
        target,
        Long.parseLong(id[0]),
        Integer.parseInt(id[1]),
        id.length > 2,
        Long.parseLong(words[4]));
  }

  List<Effect> all() {
    return places.values().stream().flatMap(List::stream).toList();
  }

  /// Environments in which the newest effect is one that this process began and has not ended.
  List<String> underWay(long process) {
    return places.entrySet().stream()
        .filter(e -> !e.getValue().isEmpty())
        .filter(e -> e.getValue().getLast().what().equals("begin"))
        .filter(e -> e.getValue().getLast().process() == process)
        .map(Map.Entry::getKey)
        .toList();
  }

  /// How many deploys each process began.
  Map<Long, Long> deploysByProcess() {
    var first = new HashMap<Long, Effect>();
    all().stream()
        .filter(e -> e.what().equals("begin"))
        .sorted(Comparator.comparingLong(Effect::nanos))
        .forEach(e -> first.putIfAbsent(e.deploy(), e));
    var counts = new TreeMap<Long, Long>();
    first.values().forEach(e -> counts.merge(e.process(), 1L, Long::sum));
    return counts;
  }

  /// Everything that is not as promised, in words.
  List<String> violations() {
    var found = new ArrayList<String>();
    places.forEach((place, effects) -> {
      tokensNeverDecrease(place, effects, found);
      deploysNeverOverlap(place, effects, found);
      eachEffectOnce(place, effects, found);
    });
    return found;
  }

  /// I2: of what a target let happen, fencing tokens never decrease.
  private static void tokensNeverDecrease(String place, List<Effect> effects, List<String> found) {
    var highest = new HashMap<String, Long>();
    for (var effect : effects) {
      if (!effect.what().equals("refused") && !effect.what().equals("late")) {
        var before = highest.merge(effect.target(), effect.token(), Math::max);
        if (before > effect.token()) {
          found.add("%s: token %d after %d: %s".formatted(place, effect.token(), before, effect));
        }
      }
    }
  }

  /// I2: from its first effect to its last a deploy has the environment to itself; and the queue's
  /// order is kept.
  private static void deploysNeverOverlap(String place, List<Effect> effects, List<String> found) {
    var spans = new LinkedHashMap<Long, long[]>();
    for (var effect : effects) {
      if (effect.what().equals("begin") || effect.what().equals("end")) {
        spans
                .computeIfAbsent(effect.deploy(), _ -> new long[] {effect.nanos(), effect.nanos()})[
                1] =
            effect.nanos();
      }
    }
    var before = Map.entry(0L, new long[] {0, 0});
    for (var span : spans.entrySet()) {
      if (span.getValue()[0] < before.getValue()[1]) {
        found.add("%s: deploys %d and %d overlap".formatted(place, before.getKey(), span.getKey()));
      }
      if (span.getKey() < before.getKey()) {
        found.add("%s: deploy %d came after %d".formatted(place, span.getKey(), before.getKey()));
      }
      before = span;
    }
  }

  /// I3: what takes place, takes place once.
  private static void eachEffectOnce(String place, List<Effect> effects, List<String> found) {
    var seen = new HashMap<String, Effect>();
    for (var effect : effects) {
      if (effect.what().equals("end")) {
        var id = effect.target() + " " + effect.deploy() + "-" + effect.step() + effect.undo();
        if (seen.put(id, effect) != null) {
          found.add("%s: twice: %s".formatted(place, effect));
        }
      }
    }
  }

  /// How many effects of older holders the target turned down.
  long turnedDown() {
    return all().stream()
        .filter(e -> e.what().equals("refused") || e.what().equals("late"))
        .count();
  }
}
