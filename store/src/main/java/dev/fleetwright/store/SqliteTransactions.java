package dev.fleetwright.store;

import dev.fleetwright.core.engine.StoreUnavailable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;

/// SQLite in a file that this process has for itself. One connection writes, in the order in which
/// writers come; a few others read beside it (write-ahead log).
///
/// Each commit is on the disk before it is acknowledged (`synchronous=FULL`: one `fsync` of the log
/// per commit). What the log has gathered is written into the file by us: SQLite would do that too,
/// but takes no notice when the `fsync` of the file fails.
final class SqliteTransactions implements Transactions {

  private static final Logger LOG = LoggerFactory.getLogger(SqliteTransactions.class);

  private static final int READERS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// A commit adds about ten pages of 4 KiB to the log; SQLite itself would wait for 1000.
  private static final int COMMITS_IN_THE_LOG = 100;

  private final Path file;
  private final FileChannel lockFile;
  private final FileLock onlyUs;
  private final ReentrantLock writing = new ReentrantLock(true);
  private final Connection writer;
  private final Semaphore readerTurns = new Semaphore(READERS, true);
  private final ArrayBlockingQueue<Connection> idleReaders = new ArrayBlockingQueue<>(READERS);
  private final Session.LeaseClock clock;
  private final CompletableFuture<String> broken = new CompletableFuture<>();
  private volatile boolean closed;

  /// Guarded by `writing`.
  private int commitsInTheLog;

  /// Open, and make the file when it is not there.
  ///
  /// @throws DatabaseInUse if another process has it
  SqliteTransactions(Path file) {
    this.file = file;
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      lockFile =
          FileChannel.open(
              file.resolveSibling(file.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new StoreUnavailable("opening " + file, e);
    }
    try {
      onlyUs = lock(lockFile, file);
      SqliteLibrary.keepIn(file.resolveSibling(file.getFileName() + ".native"));
      writer = connect(false);
      execute(writer, "PRAGMA wal_autocheckpoint=0");
      syncFolder(file.toAbsolutePath().resolveSibling(""));
    } catch (SQLException e) {
      closeQuietly(lockFile);
      throw Failure.thrown("opening " + file, e);
    } catch (IOException e) {
      closeQuietly(lockFile);
      throw new StoreUnavailable("opening " + file, e);
    } catch (RuntimeException e) {
      closeQuietly(lockFile);
      throw e;
    }
    // There is no other server whose clock could differ, and a clock that is set while we run must
    // not end leases or keep them from ending: wall time at the start, from there on monotonic.
    var wall = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    var started = System.nanoTime();
    clock = _ -> wall + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - started);
  }

  private static FileLock lock(FileChannel channel, Path file) {
    try {
      var lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      throw new DatabaseInUse(file, e);
    } catch (IOException e) {
      throw new StoreUnavailable("locking " + file, e);
    }
    throw new DatabaseInUse(file, null);
  }

  /// Let the names of the database and its log be on the disk before anything is acknowledged.
  /// SQLite does that too, but takes no notice when it fails.
  private static void syncFolder(Path folder) throws IOException {
    try (var names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  private Connection connect(boolean readOnly) throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.setBusyTimeout((int) PATIENCE.toMillis());
    config.enforceForeignKeys(true);
    var connection = JDBC.createConnection("jdbc:sqlite:" + file, config.toProperties());
    if (readOnly) {
      execute(connection, "PRAGMA query_only=1");
    }
    return connection;
  }

  @Override
  public <T> T write(String during, Work<T> work) {
    writing.lock();
    try {
      checkUsable(during);
      execute(writer, "BEGIN IMMEDIATE");
      var session = new Session(writer, Dialect.SQLITE, clock);
      T answer;
      try {
        answer = work.in(session);
        execute(writer, "COMMIT");
      } catch (SQLException | RuntimeException | Error e) {
        rollBack(e);
        throw e;
      }
      if (++commitsInTheLog >= COMMITS_IN_THE_LOG) {
        commitsInTheLog = 0;
        emptyTheLog();
      }
      return answer;
    } catch (SQLException e) {
      if (Failure.inputOrOutput(e)) {
        // After a failed fsync nobody knows what is on the disk, and asking again would say that
        // all is well (PostgreSQL's "fsyncgate"). Only a new start reads what is really there.
        broken.complete("writing %s failed while %s: %s".formatted(file, during, e.getMessage()));
      }
      throw Failure.thrown(during, e);
    } finally {
      writing.unlock();
    }
  }

  /// Copy the log into the file, as far as nobody reads it. The transaction before it is on the
  /// disk whatever comes of this, but nothing more is accepted once a sync has failed.
  private void emptyTheLog() {
    try {
      execute(writer, "PRAGMA wal_checkpoint(PASSIVE)");
    } catch (SQLException e) {
      if (Failure.inputOrOutput(e)) {
        broken.complete(
            "writing %s failed while its log was emptied: %s".formatted(file, e.getMessage()));
      } else {
        // The disk is full, most likely; the log is good for longer.
        LOG.atWarn()
            .addKeyValue("reason", e.getMessage())
            .log("the database's log could not be emptied; trying again later");
      }
    }
  }

  @Override
  public <T> T read(String during, Work<T> work) {
    return looked(
        during,
        reader -> {
          execute(reader, "BEGIN");
          try {
            return work.in(new Session(reader, Dialect.SQLITE, clock));
          } finally {
            execute(reader, "ROLLBACK");
          }
        });
  }

  @Override
  public <T> T ask(String during, Work<T> question) {
    return looked(during, reader -> question.in(new Session(reader, Dialect.SQLITE, clock).once()));
  }

  @FunctionalInterface
  private interface Look<T> {
    T at(Connection reader) throws SQLException;
  }

  private <T> T looked(String during, Look<T> look) {
    Connection reader = null;
    readerTurns.acquireUninterruptibly();
    try {
      checkUsable(during);
      reader = idleReaders.poll();
      if (reader == null) {
        reader = connect(true);
      }
      return look.at(reader);
    } catch (SQLException e) {
      throw Failure.thrown(during, e);
    } finally {
      if (reader != null && !idleReaders.offer(reader)) {
        closeQuietly(reader);
      }
      readerTurns.release();
    }
  }

  private void checkUsable(String during) {
    if (closed) {
      throw new IllegalStateException(during + ": the database is closed");
    } else if (broken.isDone()) {
      throw new StoreUnavailable(
          during, new IOException("writing " + file + " failed before; start the server anew"));
    }
  }

  private void rollBack(Throwable because) {
    try {
      execute(writer, "ROLLBACK");
    } catch (SQLException e) {
      // SQLite has taken it back by itself, for instance when the disk is full.
      because.addSuppressed(e);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public CompletableFuture<String> broken() {
    return broken;
  }

  @Override
  public Dialect dialect() {
    return Dialect.SQLITE;
  }

  /// Waits for the transactions under way; later ones are refused.
  @Override
  public void close() {
    writing.lock();
    try {
      if (!closed) {
        closed = true;
        readerTurns.acquireUninterruptibly(READERS);
        idleReaders.forEach(SqliteTransactions::closeQuietly);
        closeQuietly(writer);
        closeQuietly(onlyUs);
        closeQuietly(lockFile);
        readerTurns.release(READERS);
      }
    } finally {
      writing.unlock();
    }
  }

  private static void closeQuietly(AutoCloseable thing) {
    try {
      thing.close();
    } catch (Exception e) {
      // Nothing is lost by it: what was acknowledged is on the disk.
      LOG.atWarn().setCause(e).log("closing the database was not clean");
    }
  }
}
