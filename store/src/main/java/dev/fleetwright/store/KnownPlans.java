package dev.fleetwright.store;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.plan.Plan;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The plans that were asked for last, and their hashes. It cannot disagree with the database: a
/// plan never changes, and its hash is its name. Safe for any number of threads.
final class KnownPlans {

  private record Known(Plan plan, long bytes) {}

  private final long most;
  private final Map<Digest, Known> plans = new LinkedHashMap<>(16, 0.75f, true);

  /// By identity, since comparing two plans costs as much as hashing one.
  private final IdentityHashMap<Plan, Digest> hashes = new IdentityHashMap<>();

  private long bytes;

  /// @param most how many bytes of canonical form all of them together have
  KnownPlans(long most) {
    this.most = most;
  }

  synchronized Optional<Plan> plan(Digest hash) {
    return Optional.ofNullable(plans.get(hash)).map(Known::plan);
  }

  /// Of this very object; of an equal one it is not known.
  synchronized Optional<Digest> hash(Plan plan) {
    return Optional.ofNullable(hashes.get(plan));
  }

  /// @return the hash
  synchronized Digest remember(Digest hash, Plan plan, long size) {
    forget(plans.remove(hash));
    if (size > most) {
      return hash;
    }
    plans.put(hash, new Known(plan, size));
    hashes.put(plan, hash);
    bytes += size;
    var eldest = plans.values().iterator();
    while (bytes > most) {
      var gone = eldest.next();
      eldest.remove();
      forget(gone);
    }
    return hash;
  }

  private void forget(@Nullable Known gone) {
    if (gone != null) {
      hashes.remove(gone.plan());
      bytes -= gone.bytes();
    }
  }
}
