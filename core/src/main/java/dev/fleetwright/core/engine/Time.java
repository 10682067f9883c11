package dev.fleetwright.core.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Time as the engine knows it, and the threads that pass it: the only place where the engine reads
/// a clock, waits, or starts something that runs beside it.
///
/// Three clocks must not be mixed up. [#instant] is for people and for calendars; it may jump.
/// [#nanos] is for how long something took or may still take; it never jumps, and means nothing in
/// another process. Who holds a lease is told by the database's clock alone ([Leases]).
///
/// In production it is [#SYSTEM]. A simulation gives another one, in which an hour takes no time
/// and one thread runs at once, in an order that a seed decides. So nothing in this package calls
/// `Thread.sleep`, `System.nanoTime` or `Thread.ofVirtual`; `ArchitectureTest` looks.
public interface Time extends InstantSource {

  /// The clocks of this machine, and virtual threads.
  Time SYSTEM =
      new Time() {
        @Override
        public Instant instant() {
          return Instant.now();
        }

        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
          Thread.sleep(duration);
        }

        @Override
        public Thread thread(String name, Runnable task) {
          return Thread.ofVirtual().name(name).unstarted(task);
        }

        @Override
        public void join(Thread thread, Duration most) throws InterruptedException {
          var _ = thread.join(most);
        }
      };

  /// Now, by the clock on the wall.
  @Override
  Instant instant();

  /// Nanoseconds of a clock that only goes forward. Compare two readings by their difference, as
  /// with [System#nanoTime].
  long nanos();

  /// Wait.
  ///
  /// @throws InterruptedException if the thread is or was interrupted
  void sleep(Duration duration) throws InterruptedException;

  /// A thread that has not been started, for work that may block. Interrupting it ends its waiting.
  Thread thread(String name, Runnable task);

  /// Wait until a thread made by [#thread] has ended, or the time is over.
  ///
  /// @throws InterruptedException if the waiting thread is or was interrupted
  void join(Thread thread, Duration most) throws InterruptedException;
}
