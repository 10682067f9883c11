package dev.fleetwright.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Things that were made of others that never change, so that they need not be made again: the ones
/// asked for last, and no more than some.
final class Newest {

  private Newest() {}

  /// A map that forgets what was not asked for the longest. Safe for any number of threads.
  static <K, V> Map<K, V> remembering(int most) {
    return Collections.synchronizedMap(
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
          }
        });
  }
}
