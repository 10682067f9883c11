package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.testkit.PostgresqlServer;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many more threads than connections, as when a server with many environments starts.
class BusyDatabaseTest {

  private static final int THREADS = 160;

  /// 160 transactions of 0.4 s over ten connections take 6.4 s: longer than anybody waits for a
  /// database that does not answer, and this one does.
  @Test
  @Timeout(60)
  void who_waits_for_a_busy_database_has_a_turn() throws Exception {
    var url = (DatabaseUrl.Postgresql) DatabaseUrl.of(PostgresqlServer.url());
    var transactions = new PostgresqlTransactions(url);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var sleeping =
          IntStream.range(0, THREADS)
              .mapToObj(i -> (Callable<Integer>) () -> sleep(transactions))
              .toList();
      for (var slept : threads.invokeAll(sleeping)) {
        assertThat(slept.get()).isEqualTo(1);
      }
    } finally {
      transactions.close();
    }
  }

  private static int sleep(PostgresqlTransactions transactions) {
    return transactions.read(
        "sleeping in the database",
        session -> session.only("SELECT 1 AS one FROM pg_sleep(0.4)", row -> row.number("one")));
  }
}
