package dev.fleetwright.adapters.git;

import dev.fleetwright.core.project.RemoteUnavailable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leaves a host in peace that is in trouble, whatever the number of its repositories: after a
/// failure nobody asks it for a random part of a time that doubles with each further failure ("full
/// jitter"), nor before the moment that it named itself. Then one fetch finds out, for all. Other
/// hosts do not notice.
///
/// So an outage costs a host as many requests as there are doublings in it, not one for each
/// repository and round. What is known here is lost with the process, and learnt again with one
/// request.
final class Courtesy {

  private static final Logger log = LoggerFactory.getLogger(Courtesy.class);

  /// At most so long after the first failure; twice as long after the next.
  static final Duration FIRST = Duration.ofSeconds(5);

  /// A host that is well again is noticed within this.
  static final Duration MOST = Duration.ofSeconds(28);

  /// While somebody else is finding out.
  private static final Duration SOON = Duration.ofSeconds(1);

  private static final int DOUBLINGS = 10;

  private final RandomGenerator random;
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();

  /// Hosts in trouble only, so it is as small as the trouble.
  private final Map<String, Trouble> troubled = new HashMap<>();

  private static final class Trouble {
    int failures;
    long failedAt;
    long restUntil;
    boolean beingAsked;
    String reason = "";
  }

  Courtesy(RandomGenerator random, LongSupplier nanos) {
    this.random = random;
    this.nanos = nanos;
  }

  /// Somebody is asking a host. Tell how it went, exactly once.
  final class Visit {
    private final String host;
    private final long since;

    private Visit(String host, long since) {
      this.host = host;
      this.since = since;
    }

    /// The host answered; whether it was what one had hoped for does not matter.
    void answered() {
      lock.lock();
      try {
        if (troubled.remove(host) != null) {
          log.atInfo().addKeyValue("host", host).log("a host of repositories answers again");
        }
      } finally {
        lock.unlock();
      }
    }

    /// The host could not answer.
    ///
    /// @param asked when it wants to be asked again
    RemoteUnavailable failed(String reason, Optional<Duration> asked, Exception cause) {
      lock.lock();
      try {
        var now = nanos.getAsLong();
        var trouble = troubled.computeIfAbsent(host, _ -> new Trouble());
        trouble.beingAsked = false;
        trouble.reason = reason;
        // Those who were already asking when it failed tell nothing new.
        if (trouble.failures == 0 || since - trouble.failedAt > 0) {
          trouble.failures++;
          trouble.failedAt = now;
          trouble.restUntil = now + rest(trouble.failures);
          if (trouble.failures == 1) {
            log.atWarn()
                .addKeyValue("host", host)
                .addKeyValue("reason", reason)
                .log("a host of repositories is in trouble and is left in peace for a while");
          }
        }
        asked.ifPresent(
            wish -> trouble.restUntil = Math.max(trouble.restUntil, now + wish.toNanos()));
        return notNow(host, trouble, now, cause);
      } finally {
        lock.unlock();
      }
    }

    /// It was not found out, since whoever asked was told to stop.
    void givenUp() {
      lock.lock();
      try {
        var trouble = troubled.get(host);
        if (trouble != null) {
          trouble.beingAsked = false;
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private long rest(int failures) {
    var most = Math.min(MOST.toNanos(), FIRST.toNanos() << Math.min(failures - 1, DOUBLINGS));
    return random.nextLong(most);
  }

  /// Begin to ask a host.
  ///
  /// @throws RemoteUnavailable when it is to be left in peace; it was not asked
  Visit visit(String host) throws RemoteUnavailable {
    lock.lock();
    try {
      var now = nanos.getAsLong();
      var trouble = troubled.get(host);
      if (trouble != null) {
        if (trouble.beingAsked || trouble.restUntil - now > 0) {
          throw notNow(host, trouble, now, null);
        }
        trouble.beingAsked = true;
      }
      return new Visit(host, now);
    } finally {
      lock.unlock();
    }
  }

  private static RemoteUnavailable notNow(
      String host, Trouble trouble, long now, @org.jspecify.annotations.Nullable Exception cause) {
    var left = Duration.ofNanos(trouble.restUntil - now);
    var again = trouble.beingAsked || !left.isPositive() ? SOON : left;
    return new RemoteUnavailable(
        "%s cannot answer now (%s); it is asked again in %d s"
            .formatted(
                host, trouble.reason, TimeUnit.MILLISECONDS.toSeconds(again.toMillis() + 999)),
        again,
        cause);
  }
}
