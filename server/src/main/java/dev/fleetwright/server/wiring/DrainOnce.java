package dev.fleetwright.server.wiring;

import dev.fleetwright.server.http.Draining;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Stops the server once, whoever asks first: a signal, a person over the API, or this process.
final class DrainOnce implements Draining {

  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<Consumer<Duration>> stop = new CompletableFuture<>();

  /// The server is there and can be stopped.
  void by(Consumer<Duration> stopping) {
    stop.complete(stopping);
  }

  /// @return whether this call is the first, and the caller has to do it
  boolean first() {
    return begun.compareAndSet(false, true);
  }

  @Override
  public boolean underWay() {
    return begun.get();
  }

  @Override
  public void begin(Duration patience) {
    if (first()) {
      // Not a virtual thread: it must keep the process alive until it is done.
      Thread.ofPlatform().name("drain").start(() -> stop.join().accept(patience));
    }
  }
}
