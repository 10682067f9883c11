package dev.fleetwright.core.engine;

import dev.fleetwright.core.feed.Feed;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Claims leases and works on each in a virtual thread of its own, while a heartbeat renews it.
///
/// A lease that is lost interrupts its work: whatever it was waiting for, the next server continues
/// from the last stored event.
final class LeasedWork implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LeasedWork.class);

  /// What is done with a lease.
  @FunctionalInterface
  interface Work {
    void on(Lease lease) throws InterruptedException;
  }

  private final String what;
  private final String owner;
  private final Leases leases;
  private final Feed feed;
  private final Pace pace;
  private final Time time;
  private final Work work;
  private final Semaphore room;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final Thread claiming;

  /// @param atOnce how many leases are held at once at most
  LeasedWork(
      String what,
      String owner,
      Leases leases,
      Feed feed,
      Pace pace,
      Time time,
      int atOnce,
      Work work) {
    this.what = what;
    this.owner = owner;
    this.leases = leases;
    this.feed = feed;
    this.pace = pace;
    this.time = time;
    this.work = work;
    this.room = new Semaphore(atOnce);
    this.claiming = time.thread(what + "-claims", this::claim);
  }

  void start() {
    claiming.start();
  }

  private void claim() {
    var seen = 0L;
    while (!closing.get()) {
      try {
        // Read before claiming: what is committed after this moment wakes the wait below.
        seen = feed.newest();
        room.acquire();
        var claimed = false;
        try {
          var lease = leases.claim(owner, pace.leaseLife());
          if (lease.isPresent()) {
            claimed = true;
            begin(lease.get());
          }
        } finally {
          if (!claimed) {
            room.release();
          }
        }
        if (!claimed) {
          feed.await(seen, pace.idle());
        }
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException e) {
        // The database may be away for a while; it is not a reason to stop looking for work.
        log.atError().setCause(e).log("claiming {} failed; trying again", what);
        pause(pace.idle());
      }
    }
  }

  private void begin(Lease lease) {
    var thread = time.thread(what + "-" + lease.id(), () -> workAndRelease(lease));
    threads.add(thread);
    thread.start();
  }

  private void workAndRelease(Lease lease) {
    var worker = Thread.currentThread();
    var heart = time.thread(what + "-lease-" + lease.id(), () -> renew(lease, worker));
    heart.start();
    try {
      work.on(lease);
    } catch (LeaseLost _) {
      log.atInfo().addKeyValue(what, lease.id()).log("continues on another server");
    } catch (InterruptedException _) {
      log.atInfo().addKeyValue(what, lease.id()).log("waits for the next holder of its lease");
    } catch (RuntimeException e) {
      log.atError().addKeyValue(what, lease.id()).setCause(e).log("work failed; it is tried again");
      pause(pace.retry());
    } finally {
      heart.interrupt();
      release(lease);
      threads.remove(worker);
      room.release();
    }
  }

  private void release(Lease lease) {
    try {
      leases.release(lease);
    } catch (RuntimeException e) {
      // It ends by itself when its life is over.
      log.atWarn().addKeyValue(what, lease.id()).setCause(e).log("could not give a lease back");
    }
  }

  /// Renew at a third of the lease's life. When renewing has failed for so long that the lease may
  /// be over, by this process's monotonic clock, stop: another server may have begun.
  private void renew(Lease lease, Thread worker) {
    var life = pace.leaseLife();
    var safeUntil = time.nanos() + life.toNanos();
    while (true) {
      try {
        time.sleep(life.dividedBy(3));
        var asked = time.nanos();
        if (!leases.renew(lease, life)) {
          worker.interrupt();
          return;
        }
        safeUntil = asked + life.toNanos();
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException e) {
        log.atWarn().addKeyValue(what, lease.id()).setCause(e).log("could not renew a lease");
        if (time.nanos() > safeUntil - life.dividedBy(5).toNanos()) {
          worker.interrupt();
          return;
        }
      }
    }
  }

  private void pause(Duration duration) {
    try {
      time.sleep(duration);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Take no more work and let what is under way stop at its next wait. Work goes on where it
  /// stopped, on this server after a restart or on another one.
  @Override
  public void close() {
    closing.set(true);
    claiming.interrupt();
    threads.forEach(Thread::interrupt);
    for (var thread : threads) {
      try {
        time.join(thread, Duration.ofSeconds(10));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
