package dev.fleetwright.server.wiring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Durations that were measured.
final class Times {

  private final List<Duration> all = new ArrayList<>();

  synchronized void add(Duration one) {
    all.add(one);
  }

  synchronized void addNanos(long nanos) {
    add(Duration.ofNanos(nanos));
  }

  synchronized int count() {
    return all.size();
  }

  /// The smallest that is not below this share of all.
  synchronized Duration percentile(double share) {
    var sorted = all.stream().sorted().toList();
    return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
  }

  Duration worst() {
    return percentile(1);
  }
}
