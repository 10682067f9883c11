package dev.fleetwright.core.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The leases that this process holds, and until when it may act on each by its own monotonic
/// clock.
///
/// The database grants a lease from the moment when it reads its clock; this process counts from
/// before it asked, and stops a margin early. So when another server takes over, this one has
/// stopped starting anything, also when it cannot reach the database, and also when the whole
/// process was stopped for a while: the clock went on without it (reliability R8, R9).
final class HeldLeases implements LeaseGuard {

  /// So often within a lease's life it is looked whether it is over.
  static final int LOOKS = 10;

  /// An environment whose queue never ends is given to others after this time.
  private static final Duration TURN = Duration.ofSeconds(1);

  private static final int MARGIN_PART = 5;

  /// From so many on there may soon be no room for others: of environments and of pipelines 256 are
  /// held at once ([Engine]).
  private static final int CROWD = 128;

  private final Time time;
  private final long life;
  private final Map<Lease, Holding> held = new ConcurrentHashMap<>();
  private volatile boolean leaving;

  HeldLeases(Time time, Pace pace) {
    this.time = time;
    this.life = pace.leaseLife().toNanos();
  }

  /// A lease and the thread that works on it.
  private static final class Holding {
    final Thread worker;
    final long since;
    // All guarded by this.
    private long over;
    private int effects;
    private boolean forced;

    Holding(Thread worker, long since, long over) {
      this.worker = worker;
      this.since = since;
      this.over = over;
    }
  }

  /// A lease was claimed.
  ///
  /// @param asked when, by [Time#nanos], before the database was asked for it
  void begin(Lease lease, Thread worker, long asked) {
    held.put(lease, new Holding(worker, asked, asked + usable()));
  }

  /// It was renewed.
  ///
  /// @param asked when, before the database was asked to
  void renewed(Lease lease, long asked) {
    var holding = held.get(lease);
    if (holding != null) {
      synchronized (holding) {
        holding.over = asked + usable();
      }
    }
  }

  /// It was given back, or lost.
  void end(Lease lease) {
    held.remove(lease);
  }

  private long usable() {
    return life - life / MARGIN_PART;
  }

  boolean lasts(Lease lease) {
    var holding = held.get(lease);
    return holding != null && lasts(holding);
  }

  private boolean lasts(Holding holding) {
    synchronized (holding) {
      return time.nanos() - holding.over < 0;
    }
  }

  /// Those who work.
  List<Thread> workers() {
    return held.values().stream().map(holding -> holding.worker).toList();
  }

  /// Stop whoever works on this one: it was lost.
  void interrupt(Lease lease) {
    var holding = held.get(lease);
    if (holding != null) {
      synchronized (holding) {
        holding.over = time.nanos();
      }
      holding.worker.interrupt();
    }
  }

  /// Stop whoever works on a lease that may be over.
  void interruptOverdue() {
    for (var holding : held.values()) {
      if (!lasts(holding)) {
        holding.worker.interrupt();
      }
    }
  }

  /// Let go of all of them: who waits stops now, who is changing something stops after it.
  void leave() {
    leaving = true;
    for (var holding : held.values()) {
      synchronized (holding) {
        if (holding.effects == 0) {
          holding.worker.interrupt();
        }
      }
    }
  }

  /// There is no more time: also what is under way is left to the next holder.
  void leaveNow() {
    leaving = true;
    for (var holding : held.values()) {
      synchronized (holding) {
        holding.forced = true;
        holding.worker.interrupt();
      }
    }
  }

  boolean isLeaving() {
    return leaving;
  }

  @Override
  public Effect effect(Lease lease) {
    var holding = held.get(lease);
    if (holding == null) {
      throw new LeaseLost(lease);
    }
    synchronized (holding) {
      if (!lasts(holding)) {
        throw new LeaseLost(lease);
      }
      // Whoever shall leave finishes what it has begun: a wish to leave that came on the way here
      // must not cut it short.
      if (leaving && !holding.forced) {
        var _ = Thread.interrupted();
      }
      holding.effects++;
    }
    return () -> {
      synchronized (holding) {
        holding.effects--;
        if (leaving && holding.effects == 0) {
          holding.worker.interrupt();
        }
      }
    };
  }

  @Override
  public boolean crowded() {
    return held.size() >= CROWD;
  }

  @Override
  public boolean leaves(Lease lease) {
    return leaving;
  }

  @Override
  public boolean turnIsOver(Lease lease) {
    var holding = held.get(lease);
    return leaving || holding == null || time.nanos() - holding.since > TURN.toNanos();
  }
}
