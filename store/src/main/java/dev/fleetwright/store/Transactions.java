package dev.fleetwright.store;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/// Runs work as transactions of one database. Safe for any number of threads.
interface Transactions extends AutoCloseable {

  /// What is done in one transaction. It may be run several times, each time on a state where the
  /// earlier tries left nothing; so it touches nothing but the session.
  @FunctionalInterface
  interface Work<T> {
    T in(Session session) throws SQLException;
  }

  /// Do it wholly and durably, or not at all. Conflicts with other transactions are resolved by
  /// running it again. When the connection is lost at the commit, the database is asked what became
  /// of it.
  ///
  /// Interruption does not cut it short, since an interrupted commit would be a doubtful one; the
  /// thread's interrupt status is kept.
  ///
  /// @param during what is being done, for messages
  /// @throws dev.fleetwright.core.engine.StoreUnavailable when the database cannot do it now
  <T> T write(String during, Work<T> work);

  /// Look, on one consistent state.
  ///
  /// @throws dev.fleetwright.core.engine.StoreUnavailable when the database cannot do it now
  <T> T read(String during, Work<T> work);

  /// Ask one question. It sees one state by itself, so there is no transaction to begin and end:
  /// with PostgreSQL that is one way there and back instead of two.
  ///
  /// @param question asks once
  /// @throws dev.fleetwright.core.engine.StoreUnavailable when the database cannot do it now
  <T> T ask(String during, Work<T> question);

  /// Completed when nobody knows any more what is on the disk, with what happened, for people. From
  /// then on everything is refused; only a new start reads what is really there.
  CompletableFuture<String> broken();

  /// Which database it is.
  Dialect dialect();

  @Override
  void close();
}
