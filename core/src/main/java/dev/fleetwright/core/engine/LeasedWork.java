package dev.fleetwright.core.engine;

import dev.fleetwright.core.feed.Feed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Claims leases and works on each in a virtual thread of its own, while a heartbeat renews it.
///
/// A lease that is lost interrupts its work: whatever it was waiting for, the next server continues
/// from the last stored event. When the database cannot be reached, work is tried again for as long
/// as the lease certainly lasts.
final class LeasedWork implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LeasedWork.class);

  /// How long at least from one look for work to the next. While deploys go on, each of their
  /// events wakes who looks for work; looking each time cost a fifth of all transactions. Who finds
  /// nothing to do has rested longer, and looks at once.
  private static final Duration BREATH = Duration.ofMillis(10);

  /// How soon to look whether nobody else took what was passed on.
  private static final Duration PASSED_ON = Duration.ofMillis(60);

  /// How long a thread that was interrupted may take to end.
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);

  /// What is done with a lease.
  @FunctionalInterface
  interface Work {
    /// @return for how long there is nothing to do, unless something comes in meanwhile
    Duration on(Lease lease) throws InterruptedException;
  }

  private final String what;
  private final String owner;
  private final Leases leases;
  private final HeldLeases held;
  private final Feed feed;
  private final Pace pace;
  private final Time time;
  private final Work work;
  private final Semaphore room;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Thread claiming;
  private final Thread watching;
  private volatile boolean passedOn;

  /// @param atOnce how many leases are held at once at most
  LeasedWork(
      String what,
      String owner,
      Leases leases,
      HeldLeases held,
      Feed feed,
      Pace pace,
      Time time,
      int atOnce,
      Work work) {
    this.what = what;
    this.owner = owner;
    this.leases = leases;
    this.held = held;
    this.feed = feed;
    this.pace = pace;
    this.time = time;
    this.work = work;
    this.room = new Semaphore(atOnce);
    this.claiming = time.thread(what + "-claims", this::claim);
    this.watching = time.thread(what + "-watch", this::watch);
  }

  void start() {
    claiming.start();
    watching.start();
  }

  private void claim() {
    while (!closing.get()) {
      try {
        // Read before claiming: what is committed after this moment wakes the wait below.
        var looked = time.nanos();
        var seen = feed.newest();
        if (!claimAll()) {
          return;
        }
        var soon = passedOn;
        passedOn = false;
        feed.await(seen, soon ? PASSED_ON : pace.idle());
        var breath = BREATH.minusNanos(time.nanos() - looked);
        if (breath.isPositive()) {
          time.sleep(breath);
        }
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException e) {
        // The database may be away for a while; it is not a reason to stop looking for work.
        log.atWarn().setCause(e).log("claiming {} failed; trying again", what);
        pause(pace.idle());
      }
    }
  }

  /// Claim until there is nothing more.
  ///
  /// @return false when this server shall claim no more
  private boolean claimAll() throws InterruptedException {
    while (!closing.get()) {
      room.acquire();
      var claimed = false;
      try {
        var asked = time.nanos();
        var lease = leases.claim(owner, pace.leaseLife());
        if (lease.isEmpty()) {
          return true;
        }
        claimed = true;
        begin(lease.get(), asked);
      } finally {
        if (!claimed) {
          room.release();
        }
      }
    }
    return false;
  }

  private void begin(Lease lease, long asked) {
    var thread = time.thread(what + "-" + lease.id(), () -> workAndRelease(lease));
    held.begin(lease, thread, asked);
    thread.start();
    if (closing.get()) {
      // It was claimed while closing looked for whom to tell.
      held.leave();
    }
  }

  private void workAndRelease(Lease lease) {
    var heart = time.thread(what + "-lease-" + lease.id(), () -> renew(lease));
    heart.start();
    var rest = Duration.ZERO;
    var failed = true;
    try {
      rest = work(lease);
      failed = false;
    } catch (LeaseLost _) {
      failed = false;
      log.atInfo().addKeyValue(what, lease.id()).log("continues on another server");
    } catch (InterruptedException _) {
      failed = false;
      log.atInfo().addKeyValue(what, lease.id()).log("waits for the next holder of its lease");
    } catch (RuntimeException e) {
      failed = !(held.isLeaving() || e instanceof StoreUnavailable);
      if (held.isLeaving()) {
        log.atInfo().addKeyValue(what, lease.id()).log("waits for the next holder of its lease");
      } else {
        rest = pace.retry();
        log.atError()
            .addKeyValue(what, lease.id())
            .setCause(e)
            .log("work failed; it is tried again");
      }
    } finally {
      heart.interrupt();
      if (failed) {
        giveBack(lease, () -> leases.failed(lease, pace.retry()));
      } else {
        giveBack(lease, rest);
      }
      held.end(lease);
      room.release();
    }
  }

  private Duration work(Lease lease) throws InterruptedException {
    var told = false;
    while (true) {
      try {
        return work.on(lease);
      } catch (StoreUnavailable e) {
        if (held.isLeaving() || !held.lasts(lease)) {
          throw e;
        }
        if (!told) {
          told = true;
          log.atWarn()
              .addKeyValue(what, lease.id())
              .setCause(e)
              .log("work stands still until what it is stored in can be reached");
        }
        time.sleep(pace.idle());
      }
    }
  }

  private void giveBack(Lease lease, Duration rest) {
    if (held.isLeaving()) {
      giveBack(lease, () -> leases.release(lease));
    } else if (held.turnIsOver(lease) && rest.isZero()) {
      giveBack(lease, () -> leases.passOn(lease));
      passedOn = true;
    } else {
      giveBack(lease, () -> leases.release(lease, rest));
    }
  }

  private void giveBack(Lease lease, Runnable how) {
    try {
      how.run();
    } catch (RuntimeException e) {
      // It ends by itself when its life is over.
      log.atWarn().addKeyValue(what, lease.id()).setCause(e).log("could not give a lease back");
    }
  }

  /// Renew at a third of the lease's life.
  private void renew(Lease lease) {
    var life = pace.leaseLife();
    while (true) {
      try {
        time.sleep(life.dividedBy(3));
        var asked = time.nanos();
        if (!leases.renew(lease, life)) {
          log.atInfo().addKeyValue(what, lease.id()).log("lease was lost to another server");
          held.interrupt(lease);
          return;
        }
        held.renewed(lease, asked);
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException e) {
        log.atWarn().addKeyValue(what, lease.id()).setCause(e).log("could not renew a lease");
      }
    }
  }

  /// Beside the heartbeats, since one that asks a database which does not answer notices nothing.
  private void watch() {
    try {
      while (!closing.get()) {
        time.sleep(pace.leaseLife().dividedBy(HeldLeases.LOOKS));
        held.interruptOverdue();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void pause(Duration duration) {
    try {
      time.sleep(duration);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Take no more work, and let go of what is held at the next safe point. Does not wait.
  void leave() {
    closing.set(true);
    claiming.interrupt();
    held.leave();
  }

  /// After [#leave]: wait until all is given back; what is not by then stops at once and is gone on
  /// with by the next holder all the same.
  ///
  /// @param deadline by [Time#nanos]
  /// @return whether everything came to a safe point in time
  boolean awaitLeft(long deadline) throws InterruptedException {
    join(List.of(claiming), deadline);
    join(held.workers(), deadline);
    var inTime = held.workers().isEmpty();
    if (!inTime) {
      held.leaveNow();
      join(held.workers(), time.nanos() + LAST_WORDS.toNanos());
    }
    watching.interrupt();
    return inTime;
  }

  private void join(List<Thread> threads, long deadline) throws InterruptedException {
    for (var thread : threads) {
      var left = deadline - time.nanos();
      if (left > 0) {
        time.join(thread, Duration.ofNanos(left));
      }
    }
  }

  /// Take no more work and let what is under way stop at once. Work goes on where it stopped, on
  /// this server after a restart or on another one.
  @Override
  public void close() {
    leave();
    try {
      var _ = awaitLeft(time.nanos());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
