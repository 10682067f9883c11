package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.ssh.HostView.Running;
import dev.fleetwright.adapters.ssh.HostView.State;
import dev.fleetwright.core.artifact.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Which processes of a host are stopped and started. All stops come before the first start, so
/// that a new component can have the port of an old one.
///
/// @param starts the components that the processes are started from, by name
record Moves(List<String> stops, SortedMap<String, Digest> starts) {

  /// As long as a component may ask for ([RunSettings]).
  static final Duration LONGEST_STOP = Duration.ofHours(1);

  Moves {
    stops = List.copyOf(stops);
    starts = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(starts));
  }

  /// From what runs to what shall run.
  ///
  /// @param covered the names that may be touched
  /// @param keep whether a process that already is the right one is left alone
  static Moves between(
      Map<String, Running> runs,
      Map<String, Digest> wanted,
      Predicate<String> covered,
      Predicate<Running> keep) {
    var stops = new ArrayList<String>();
    var starts = new TreeMap<>(wanted);
    starts.keySet().removeIf(covered.negate());
    for (var name : new TreeSet<>(runs.keySet())) {
      var running = runs.get(name);
      if (running == null || !covered.test(name)) {
        continue;
      }
      if (running.tree().equals(starts.get(name))
          && running.state() == State.UP
          && keep.test(running)) {
        starts.remove(name);
      } else {
        stops.add(name);
      }
    }
    return new Moves(stops, starts);
  }

  boolean none() {
    return stops.isEmpty() && starts.isEmpty();
  }

  /// How long it may take to carry them out.
  Duration longest() {
    return stops.isEmpty() ? Duration.ZERO : LONGEST_STOP;
  }

  /// As the host's agent takes them.
  List<String> words() {
    var words = new ArrayList<String>();
    stops.forEach(name -> words.addAll(List.of("stop", name)));
    starts.forEach((name, digest) -> words.addAll(List.of("start", name, digest.hex())));
    return words;
  }
}
