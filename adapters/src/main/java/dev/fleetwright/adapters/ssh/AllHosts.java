package dev.fleetwright.adapters.ssh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Does the same on several hosts at once, so many at a time that our own machine bears it.
final class AllHosts {

  /// Beyond this, hosts wait for our processor and network rather than we for them.
  private static final int AT_ONCE = 32;

  private AllHosts() {}

  /// What is done on one of them.
  @FunctionalInterface
  interface Work<H, R> {
    R on(H host) throws IOException;
  }

  /// How it went on one of them.
  sealed interface Result<R> {
    record Fine<R>(R value) implements Result<R> {}

    record Failed<R>(IOException cause) implements Result<R> {}
  }

  /// Do it on all, and wait for all. When interrupted, the others are interrupted as well.
  ///
  /// @return in the order of the hosts
  static <H, R> Map<H, Result<R>> each(List<H> hosts, Work<H, R> work) throws InterruptedException {
    var turns = new Semaphore(AT_ONCE);
    var results = new LinkedHashMap<H, Result<R>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<Result<R>>>();
      for (var host : hosts) {
        futures.add(threads.submit(task(host, work, turns)));
      }
      try {
        for (var i = 0; i < hosts.size(); i++) {
          results.put(hosts.get(i), futures.get(i).get());
        }
      } catch (InterruptedException e) {
        threads.shutdownNow();
        throw e;
      } catch (ExecutionException e) {
        // A bug of ours: an expected failure is a result.
        threads.shutdownNow();
        throw new IllegalStateException("working on a host", e.getCause());
      }
    }
    return results;
  }

  private static <H, R> Callable<Result<R>> task(H host, Work<H, R> work, Semaphore turns) {
    return () -> {
      turns.acquire();
      try {
        return new Result.Fine<>(work.on(host));
      } catch (IOException e) {
        return new Result.Failed<>(e);
      } finally {
        turns.release();
      }
    };
  }
}
