package dev.fleetwright.core.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Time by the clock of the database, which all servers share, carried on by this process's
/// monotonic clock between two questions. So timers and schedules end at the same moment whichever
/// server looks, and setting the clock of a server's machine ends none (reliability R10).
///
/// While the database cannot be asked, the monotonic clock goes on alone.
public final class DatabaseTime implements Time, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DatabaseTime.class);

  private static final Duration ASK_EACH = Duration.ofSeconds(10);

  /// An answer that took longer says too little about when it was made.
  private static final Duration PROMPT = Duration.ofSeconds(1);

  private static final Duration WORTH_TELLING = Duration.ofSeconds(1);

  private final Time local;
  private final Supplier<Instant> database;
  private final Thread asking;
  private volatile Known known;

  /// What time it was, and what the monotonic clock showed then.
  private record Known(Instant at, long nanos) {}

  /// Ask for the first time.
  ///
  /// @param local the clocks of this machine
  /// @param database asks what time it is there; may throw [StoreUnavailable]
  /// @throws StoreUnavailable when it cannot be asked now
  public DatabaseTime(Time local, Supplier<Instant> database) {
    this.local = local;
    this.database = database;
    this.known = asked();
    this.asking = local.thread("database time", this::askAgain);
  }

  /// Begin to ask now and then.
  public void start() {
    asking.start();
  }

  private Known asked() {
    var before = local.nanos();
    var answer = database.get();
    // It was made somewhere between question and answer; half-way is at most half of that wrong.
    return new Known(answer, before + (local.nanos() - before) / 2);
  }

  private void askAgain() {
    try {
      while (true) {
        local.sleep(ASK_EACH);
        ask();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  void ask() {
    try {
      var began = local.nanos();
      var fresh = asked();
      if (local.nanos() - began > PROMPT.toNanos()) {
        return;
      }
      var moved = Duration.between(at(fresh.nanos()), fresh.at());
      if (moved.abs().toNanos() <= (local.nanos() - began) / 2) {
        // No more than what the way of question and answer may have cost: time does not tremble.
        return;
      }
      if (moved.abs().compareTo(WORTH_TELLING) > 0) {
        log.atWarn().addKeyValue("milliseconds", moved.toMillis()).log("database's clock was set");
      }
      known = fresh;
    } catch (StoreUnavailable e) {
      log.atDebug().setCause(e).log("database's clock cannot be read now");
    }
  }

  private Instant at(long nanos) {
    var last = known;
    return last.at().plusNanos(nanos - last.nanos());
  }

  @Override
  public Instant instant() {
    return at(local.nanos());
  }

  @Override
  public long nanos() {
    return local.nanos();
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    local.sleep(duration);
  }

  @Override
  public Thread thread(String name, Runnable task) {
    return local.thread(name, task);
  }

  @Override
  public void join(Thread thread, Duration most) throws InterruptedException {
    local.join(thread, most);
  }

  @Override
  public void close() {
    asking.interrupt();
  }
}
