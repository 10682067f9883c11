package dev.fleetwright.server.ui;

import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.core.target.TargetUnreachable;
import dev.fleetwright.core.target.Targets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What targets were last seen to run. Asking a target takes its time, and many people look at
/// once: each target of an environment is asked by one at a time, and not again within a few
/// seconds.
final class Sightings {

  private static final Logger log = LoggerFactory.getLogger(Sightings.class);

  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final int MOST_KEPT = 10_000;
  private static final int MOST_AT_ONCE = 16;

  private final Targets targets;
  private final InstantSource clock;
  private final ConcurrentMap<Key, CompletableFuture<Sighting>> asking = new ConcurrentHashMap<>();
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private final Map<Key, Sighting> kept =
      new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Sighting> eldest) {
          return size() > MOST_KEPT;
        }
      };

  Sightings(Targets targets, InstantSource clock) {
    this.targets = targets;
    this.clock = clock;
  }

  /// What was seen.
  ///
  /// @param seen empty when the target could not be asked
  /// @param trouble why not; empty when it could
  record Sighting(Instant at, Optional<Observation> seen, String trouble) {}

  private record Key(long environment, TargetBinding binding) {}

  /// What is known without waiting; begins to ask when that is old. Empty when it was never asked.
  Optional<Sighting> last(Environment environment, TargetBinding binding) {
    var key = new Key(environment.id(), binding);
    var known = known(key);
    if (known.filter(this::fresh).isEmpty() && !asking.containsKey(key) && places.tryAcquire()) {
      var _ = ask(key, environment, binding);
    }
    return known;
  }

  /// What runs now, waiting for the answer; what was known before when it does not come in time.
  Optional<Sighting> now(Environment environment, TargetBinding binding, Duration patience)
      throws InterruptedException {
    var key = new Key(environment.id(), binding);
    var known = known(key);
    if (known.filter(this::fresh).isPresent()) {
      return known;
    }
    var running = asking.get(key);
    if (running == null) {
      if (!places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return known;
      }
      running = ask(key, environment, binding);
    }
    try {
      return Optional.of(running.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return known;
    } catch (ExecutionException e) {
      throw new AssertionError("looking ends with a sighting, whatever happens", e);
    }
  }

  private Optional<Sighting> known(Key key) {
    synchronized (kept) {
      return Optional.ofNullable(kept.get(key));
    }
  }

  private boolean fresh(Sighting sighting) {
    return sighting.at().plus(FRESH).isAfter(clock.instant());
  }

  /// Ask on a thread of its own. The caller holds a place; it is given back at the end.
  private CompletableFuture<Sighting> ask(Key key, Environment environment, TargetBinding binding) {
    var answer = new CompletableFuture<Sighting>();
    var other = asking.putIfAbsent(key, answer);
    if (other != null) {
      places.release();
      return other;
    }
    Thread.ofVirtual()
        .name("look-" + binding.name())
        .start(() -> {
          var sighting = look(environment, binding);
          synchronized (kept) {
            kept.put(key, sighting);
          }
          asking.remove(key, answer);
          places.release();
          answer.complete(sighting);
        });
    return answer;
  }

  private Sighting look(Environment environment, TargetBinding binding) {
    try {
      var seen = targets.open(binding).observe(environment.placeOn(binding.name()));
      return new Sighting(clock.instant(), Optional.of(seen), "");
    } catch (TargetUnreachable | IllegalArgumentException e) {
      var message = e.getMessage();
      return new Sighting(
          clock.instant(), Optional.empty(), message == null ? e.toString() : message);
    } catch (RuntimeException e) {
      // A fault of an adapter must not keep the other targets from being shown.
      log.atError()
          .addKeyValue("target", binding.name())
          .addKeyValue("environment", environment.stream())
          .setCause(e)
          .log("target could not be looked at");
      return new Sighting(
          clock.instant(), Optional.empty(), "looking at it failed; the server's log says how");
    }
  }
}
