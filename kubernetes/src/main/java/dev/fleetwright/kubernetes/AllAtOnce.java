package dev.fleetwright.kubernetes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// The same question for many things, each on a virtual thread of its own. How many are asked at a
/// time is for the API server's client to say.
final class AllAtOnce {
  private AllAtOnce() {}

  /// What is done for each.
  @FunctionalInterface
  interface Work<T, R> {
    R of(T thing) throws IOException, InterruptedException;
  }

  /// All answers, in order. Ends when all have, also when some fail; then the first failure is
  /// thrown, and the others are suppressed in it.
  static <T, R> List<R> each(Collection<T> things, Work<T, R> work)
      throws IOException, InterruptedException {
    if (things.size() == 1) {
      return List.of(work.of(things.iterator().next()));
    }
    var answers = new ArrayList<R>();
    @Nullable IOException failure = null;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new ArrayList<Future<R>>();
      for (var thing : things) {
        asked.add(threads.submit(() -> work.of(thing)));
      }
      for (var answer : asked) {
        try {
          answers.add(answer.get());
        } catch (InterruptedException e) {
          asked.forEach(a -> a.cancel(true));
          throw e;
        } catch (ExecutionException e) {
          failure = with(failure, e.getCause());
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    return answers;
  }

  private static IOException with(@Nullable IOException first, @Nullable Throwable next) {
    var failure =
        switch (next) {
          case IOException e -> e;
          case RuntimeException e -> throw e;
          case Error e -> throw e;
          case null, default -> new IOException("interrupted", next);
        };
    if (first == null) {
      return failure;
    }
    first.addSuppressed(failure);
    return first;
  }
}
