package dev.fleetwright.store;

import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.engine.RecordUnreadable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One transaction under way. Values are bound, never put into the text of a statement.
final class Session {

  /// Of a statement that may change any number of rows, or gives an answer.
  private static final int ANY = -1;

  /// What SQL calls a transaction that would succeed when it is run again.
  private static final String SERIALIZATION_FAILURE = "40001";

  private final Connection connection;
  private final Dialect dialect;
  private final LeaseClock clock;
  private final List<Pending> pending = new ArrayList<>();
  private int announcements;
  private long transaction;
  private Supplier<Optional<SqlLedger.End>> end = Optional::empty;
  private boolean asksOnce;
  private int asked;

  Session(Connection connection, Dialect dialect, LeaseClock clock) {
    this.connection = connection;
    this.dialect = dialect;
    this.clock = clock;
  }

  /// From now on one question may be asked, since there is no transaction for a second one to see
  /// the same state in.
  Session once() {
    asksOnce = true;
    return this;
  }

  /// Makes something of a row.
  @FunctionalInterface
  interface Reading<T> {
    T of(Row row) throws SQLException;
  }

  /// The time that leases are measured with.
  @FunctionalInterface
  interface LeaseClock {
    /// In microseconds since 1970.
    long now(Session session) throws SQLException;
  }

  Dialect dialect() {
    return dialect;
  }

  /// The time that leases are measured with, in microseconds since 1970.
  long now() throws SQLException {
    return clock.now(this);
  }

  /// The same as an expression of SQL, for a statement that need not wait for [#now] to be
  /// answered. It is a number of ours or the database's own clock, so there is nothing to bind.
  String clock() throws SQLException {
    return switch (dialect) {
      case SQLITE -> Long.toString(now());
      case POSTGRESQL -> PostgresqlTransactions.NOW;
    };
  }

  /// A statement that is certain to be wanted, and whose effect nobody has asked for yet.
  ///
  /// @param contended whether a wrong number of rows means that another transaction came first
  private record Pending(
      String sql,
      List<@Nullable Object> values,
      int rows,
      boolean contended,
      @Nullable Later<?> later) {
    Pending(String sql, List<@Nullable Object> values, int rows) {
      this(sql, values, rows, false, null);
    }
  }

  /// The answer to a question that is sent together with the next one.
  static final class Later<T> {
    private final String sql;
    private final Reading<T> reading;
    private Optional<T> answer = Optional.empty();

    private Later(String sql, Reading<T> reading) {
      this.sql = sql;
      this.reading = reading;
    }

    private void take(ResultSet rows) throws SQLException {
      if (rows.next()) {
        answer = Optional.of(Session.read(reading, rows, sql));
      }
    }

    /// The first row, once the next question was asked.
    Optional<T> first() {
      return answer;
    }
  }

  /// Set how this transaction works, before its first question.
  void set(String sql) throws SQLException {
    send(new Pending(sql, List.of(), 0));
  }

  /// Change rows.
  ///
  /// @return how many
  int change(String sql, @Nullable Object... values) throws SQLException {
    try (var statement = asked(sql, values)) {
      return statement.getUpdateCount();
    }
  }

  /// Change the one row that is there.
  ///
  /// With PostgreSQL, which is a network away, it is sent together with what follows, at the latest
  /// with the next question or before the commit: an event is some ten changes, and each way there
  /// and back costs more than the change.
  ///
  /// @throws SQLException when it is not there; perhaps only at that next question or at the commit
  void changeOne(String sql, @Nullable Object... values) throws SQLException {
    send(new Pending(sql, Arrays.asList(values), 1));
  }

  /// Change the one row that is still as it was read; sent as [#changeOne] is. If another
  /// transaction has changed it, this one is taken back and run again.
  void changeOneOrAgain(String sql, @Nullable Object... values) throws SQLException {
    send(new Pending(sql, Arrays.asList(values), 1, true, null));
  }

  /// Change rows, however many there are; sent as [#changeOne] is.
  void changeAny(String sql, @Nullable Object... values) throws SQLException {
    send(new Pending(sql, Arrays.asList(values), ANY));
  }

  private void send(Pending change) throws SQLException {
    pending.add(change);
    if (dialect == Dialect.SQLITE) {
      flush();
    }
  }

  /// Send what waits.
  void flush() throws SQLException {
    if (!pending.isEmpty()) {
      sent(pending.removeLast()).close();
    }
  }

  /// Ask, and send what waits along with the question: the database does one after the other.
  private PreparedStatement asked(String sql, @Nullable Object... values) throws SQLException {
    return sent(new Pending(sql, Arrays.asList(values), ANY));
  }

  /// What waits, and then this.
  ///
  /// @return stands at the last one's result
  private PreparedStatement sent(Pending last) throws SQLException {
    var all = new ArrayList<>(pending);
    all.add(last);
    if (asksOnce && (asked > 0 || all.size() > 1)) {
      throw new IllegalStateException("only one question was to be asked, not also " + last.sql());
    }
    asked++;
    // Also when this fails: the transaction is taken back, and nothing of it is sent again.
    pending.clear();
    var statement =
        connection.prepareStatement(
            all.stream().map(Pending::sql).collect(Collectors.joining(";\n")));
    try {
      var place = 1;
      for (var one : all) {
        for (var value : one.values()) {
          bind(statement, place++, value);
        }
      }
      statement.execute();
      for (var i = 0; i < all.size(); i++) {
        if (i > 0) {
          statement.getMoreResults();
        }
        check(statement, all.get(i));
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  private static void check(PreparedStatement statement, Pending sent) throws SQLException {
    if (sent.later() != null) {
      try (var rows = statement.getResultSet()) {
        sent.later().take(rows);
      }
    } else if (sent.rows() != ANY && statement.getUpdateCount() != sent.rows()) {
      throw new SQLException(
          "%d rows instead of %d: %s"
              .formatted(statement.getUpdateCount(), sent.rows(), sent.sql()),
          sent.contended() ? SERIALIZATION_FAILURE : null);
    }
  }

  /// As many `?` as there are values, for `IN`.
  static String places(Collection<?> values) {
    return String.join(", ", Collections.nCopies(values.size(), "?"));
  }

  /// Ask for the first row of an answer together with the next question, which sees what this one
  /// did, such as locking a row.
  <T> Later<T> later(String sql, Reading<T> reading, @Nullable Object... values)
      throws SQLException {
    var later = new Later<>(sql, reading);
    send(new Pending(sql, Arrays.asList(values), ANY, false, later));
    return later;
  }

  /// All rows of an answer. Queries name a limit where there may be many.
  <T> List<T> list(String sql, Reading<T> reading, @Nullable Object... values) throws SQLException {
    try (var statement = asked(sql, values);
        var rows = statement.getResultSet()) {
      var list = new ArrayList<T>();
      while (rows.next()) {
        list.add(read(reading, rows, sql));
      }
      return list;
    }
  }

  /// The first row of an answer.
  <T> Optional<T> one(String sql, Reading<T> reading, @Nullable Object... values)
      throws SQLException {
    try (var statement = asked(sql, values);
        var rows = statement.getResultSet()) {
      return rows.next() ? Optional.of(read(reading, rows, sql)) : Optional.empty();
    }
  }

  /// The row that must be there.
  ///
  /// @throws RecordUnreadable when it is not there
  <T> T only(String sql, Reading<T> reading, @Nullable Object... values) throws SQLException {
    return one(sql, reading, values)
        .orElseThrow(() -> new RecordUnreadable("no row where there must be one: " + sql.strip()));
  }

  /// Count one more entry of the feed.
  ///
  /// @return how many this transaction had before
  int announce() {
    return announcements++;
  }

  /// How many entries of the feed this transaction has.
  int announcements() {
    return announcements;
  }

  /// The database has told the id of this transaction.
  void isTransaction(long id) {
    transaction = id;
  }

  /// The id of this transaction, or 0 when it was not told.
  long transaction() {
    return transaction;
  }

  /// Where the chain ends that this transaction will write to, once that was answered.
  void endsAt(Later<SqlLedger.End> later) {
    end = later::first;
  }

  /// Where the chain ends that this transaction has written to.
  void endsAt(SqlLedger.End now) {
    end = () -> Optional.of(now);
  }

  /// Where the chain ends that this transaction writes to, if it was told.
  Optional<SqlLedger.End> end() {
    return end.get();
  }

  private static void bind(PreparedStatement statement, int place, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setNull(place, Types.NULL);
      case Optional<?> maybe -> bind(statement, place, maybe.orElse(null));
      case String text -> statement.setString(place, text);
      case Long whole -> statement.setLong(place, whole);
      case Integer number -> statement.setInt(place, number);
      case Boolean yes -> statement.setInt(place, yes ? 1 : 0);
      case byte[] bytes -> statement.setBytes(place, bytes);
      case Instant at -> statement.setString(place, Times.text(at));
      case Object other -> throw new IllegalArgumentException("not a column's value: " + other);
    }
  }

  // A value that its type refuses, such as a digest with 63 digits, was not written by us.
  private static <T> T read(Reading<T> reading, ResultSet rows, String sql) throws SQLException {
    try {
      return reading.of(new Row(rows));
    } catch (IllegalArgumentException | DateTimeException | Bencode.NotCanonical e) {
      throw new RecordUnreadable("a row cannot be read that was found by: " + sql.strip(), e);
    }
  }
}
