package dev.fleetwright.server.operations;

import dev.fleetwright.core.engine.DeployPlanner;
import dev.fleetwright.core.engine.DeployPlanner.WayBack;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.plan.Planner.Planning;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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

/// Asks targets whether an environment can go back, so that it is known before it is needed.
///
/// What the record says is always told at once. What the targets say takes its time: answers are
/// kept with the time they were given, and asked for again when somebody looks and they are old.
/// Each way is asked about by one at a time, and few of all at once.
final class WayBackChecks {

  private static final Logger log = LoggerFactory.getLogger(WayBackChecks.class);

  private static final Duration FRESH = Duration.ofSeconds(30);
  private static final int MOST_KEPT = 10_000;
  private static final int MOST_AT_ONCE = 8;

  /// Older versions are judged by the record alone.
  private static final int MOST_ASKED = 10;

  private final DeployPlanner planning;
  private final InstantSource clock;
  private final ConcurrentMap<Key, CompletableFuture<Asked>> asking = new ConcurrentHashMap<>();
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private final Map<Key, Asked> kept =
      new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Asked> eldest) {
          return size() > MOST_KEPT;
        }
      };

  WayBackChecks(DeployPlanner planning, InstantSource clock) {
    this.planning = planning;
    this.clock = clock;
  }

  /// What the targets said.
  ///
  /// @param whyNot why they cannot; empty when they can
  record Asked(Instant at, Optional<String> whyNot) {}

  /// @param live names what ran when it was asked: what was said before a deploy is not believed
  ///   after it
  private record Key(long environment, long deploy, long live) {}

  /// The answers to those of the ways that the record allows, by the id of the way's deploy. What
  /// is not answered in time is not in it, and will be for who asks later.
  ///
  /// @param live the newest deploy that the record says runs there
  /// @param patience zero to wait for nothing
  Map<Long, Asked> ask(Environment environment, List<WayBack> ways, long live, Duration patience)
      throws InterruptedException {
    var deadline = System.nanoTime() + patience.toNanos();
    var answers = new HashMap<Long, Asked>();
    var running = new HashMap<Long, CompletableFuture<Asked>>();
    var open = ways.stream().filter(w -> w.whyNot().isEmpty()).limit(MOST_ASKED).toList();
    for (var way : open) {
      var deploy = way.deploy().deploy().id();
      var key = new Key(environment.id(), deploy, live);
      var known = known(key);
      known.ifPresent(asked -> answers.put(deploy, asked));
      if (known.filter(this::fresh).isEmpty()) {
        begin(key, environment, Math.max(0, deadline - System.nanoTime()))
            .ifPresent(future -> running.put(deploy, future));
      }
    }
    for (var each : new ArrayList<>(running.entrySet())) {
      var left = deadline - System.nanoTime();
      if (left > 0) {
        wait(each.getValue(), left).ifPresent(asked -> answers.put(each.getKey(), asked));
      }
    }
    return answers;
  }

  private static Optional<Asked> wait(CompletableFuture<Asked> future, long nanos)
      throws InterruptedException {
    try {
      return Optional.of(future.get(nanos, TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new AssertionError("asking ends with an answer, whatever happens", e);
    }
  }

  private Optional<Asked> known(Key key) {
    synchronized (kept) {
      return Optional.ofNullable(kept.get(key));
    }
  }

  private boolean fresh(Asked asked) {
    return asked.at().plus(FRESH).isAfter(clock.instant());
  }

  private Optional<CompletableFuture<Asked>> begin(Key key, Environment environment, long patience)
      throws InterruptedException {
    var other = asking.get(key);
    if (other != null) {
      return Optional.of(other);
    } else if (!places.tryAcquire(patience, TimeUnit.NANOSECONDS)) {
      return Optional.empty();
    }
    var answer = new CompletableFuture<Asked>();
    var first = asking.putIfAbsent(key, answer);
    if (first != null) {
      places.release();
      return Optional.of(first);
    }
    Thread.ofVirtual()
        .name("way-back-" + key.deploy())
        .start(() -> {
          var asked = new Asked(clock.instant(), whyNot(environment, key.deploy()));
          synchronized (kept) {
            kept.put(key, asked);
          }
          asking.remove(key, answer);
          places.release();
          answer.complete(asked);
        });
    return Optional.of(answer);
  }

  private Optional<String> whyNot(Environment environment, long deploy) {
    try {
      return switch (planning.goBack(environment, deploy)) {
        case Planning.Ready _ -> Optional.empty();
        case Planning.Impossible(var reasons) -> Optional.of(String.join("; ", reasons));
        case Planning.NotNow(var reason) -> Optional.of(reason);
      };
    } catch (RuntimeException e) {
      // A fault of an adapter must not keep the other ways from being shown.
      log.atError()
          .addKeyValue("environment", environment.stream())
          .addKeyValue("deploy", deploy)
          .setCause(e)
          .log("a way back could not be checked");
      return Optional.of("asking its targets failed; the server's log says how");
    }
  }
}
