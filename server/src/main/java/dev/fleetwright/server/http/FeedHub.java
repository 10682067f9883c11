package dev.fleetwright.server.http;

import dev.fleetwright.core.engine.StoreUnavailable;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.feed.Feed.Entry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the feed once for everybody who watches.
///
/// It remembers the newest entries, so that a thousand browsers cost one query and not a thousand.
/// Who is further behind reads the database itself. Nothing is queued for anybody: a slow reader
/// only finds more when it asks.
public final class FeedHub implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FeedHub.class);

  private static final int REMEMBERED = 4_096;
  private static final int AT_ONCE = 500;

  /// How late changes by other servers are seen at most; our own are seen at once.
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

  private final Feed feed;
  private final Consumer<Entry> counter;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final ArrayDeque<Entry> newest = new ArrayDeque<>();

  /// Entries after this id and up to [#read] are all remembered.
  private long forgotten;

  private long read;
  private boolean closed;
  private final Thread reader;

  /// @param counter is told of every entry, once
  FeedHub(Feed feed, Consumer<Entry> counter) {
    this.feed = feed;
    this.counter = counter;
    this.read = feed.newest();
    this.forgotten = read;
    this.reader = Thread.ofVirtual().name("feed").start(this::follow);
  }

  /// The id of the newest entry that was read.
  public long read() {
    lock.lock();
    try {
      return read;
    } finally {
      lock.unlock();
    }
  }

  /// The newest id, if this one is above it: it comes from before a restore from a backup.
  OptionalLong newestIfBelow(long id) {
    // What is above what was read here may have been read from another server.
    if (id <= read()) {
      return OptionalLong.empty();
    }
    var newest = feed.newest();
    return id <= newest ? OptionalLong.empty() : OptionalLong.of(newest);
  }

  /// Entries after an id, oldest first, at most 500.
  List<Entry> after(long id) {
    lock.lock();
    try {
      if (id >= forgotten) {
        var after = new ArrayList<Entry>();
        // From the newest backwards, because nearly everybody is nearly up to date.
        for (var entries = newest.descendingIterator(); entries.hasNext(); ) {
          var entry = entries.next();
          if (entry.id() <= id) {
            break;
          }
          after.addFirst(entry);
        }
        return after.size() <= AT_ONCE ? after : List.copyOf(after.subList(0, AT_ONCE));
      }
    } finally {
      lock.unlock();
    }
    return feed.after(id, AT_ONCE);
  }

  /// Wait until there is an entry after this id, the time is over, or this is closed.
  void await(long id, Duration most) throws InterruptedException {
    var left = most.toNanos();
    lock.lockInterruptibly();
    try {
      while (read <= id && !closed && left > 0) {
        left = moved.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Whether streams shall end because the server stops.
  boolean closed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    reader.interrupt();
  }

  private void follow() {
    try {
      while (!closed()) {
        try {
          var entries = feed.after(read, AT_ONCE);
          if (entries.isEmpty()) {
            feed.await(read, LOOK_AGAIN);
          } else {
            remember(entries);
          }
        } catch (StoreUnavailable e) {
          log.atWarn().setCause(e).log("feed cannot be read now");
          TimeUnit.NANOSECONDS.sleep(AFTER_TROUBLE.toNanos());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      if (!closed()) {
        log.atError().setCause(e).log("feed is no longer read");
      }
    }
  }

  private void remember(List<Entry> entries) {
    lock.lock();
    try {
      for (var entry : entries) {
        newest.addLast(entry);
        read = entry.id();
        if (newest.size() > REMEMBERED) {
          forgotten = newest.removeFirst().id();
        }
      }
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    entries.forEach(counter);
  }
}
