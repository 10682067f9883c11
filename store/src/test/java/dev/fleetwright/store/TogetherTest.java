package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is sent together has happened one after the other, and all of it or nothing.
class TogetherTest {

  abstract static class Together {

    private static final String ADD = "INSERT INTO thing (id, name) VALUES (?, ?)";
    private static final String RENAME = "UPDATE thing SET name = ? WHERE id = ?";
    private static final String NAMES = "SELECT name FROM thing ORDER BY id";

    private Transactions transactions;

    abstract Transactions transactions();

    @BeforeEach
    void makeTable() {
      transactions = transactions();
      transactions.write(
          "making a table",
          session -> {
            session.change("DROP TABLE IF EXISTS thing");
            return session.change("CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL)");
          });
    }

    @AfterEach
    void close() {
      transactions.close();
    }

    @Test
    void a_question_sees_the_changes_before_it() {
      var seen =
          transactions.write(
              "changing and asking",
              session -> {
                session.changeOne(ADD, 1, "one");
                session.changeOne(ADD, 2, "two");
                session.changeOne(RENAME, "first", 1);
                return session.list(NAMES, row -> row.text("name"));
              });

      assertThat(seen).containsExactly("first", "two");
      assertThat(names()).containsExactly("first", "two");
    }

    @Test
    void what_nothing_follows_is_sent_before_the_commit() {
      transactions.write(
          "changing",
          session -> {
            session.changeOne(ADD, 1, "one");
            session.changeOne(RENAME, "first", 1);
            return true;
          });

      assertThat(names()).containsExactly("first");
    }

    @Test
    void a_change_of_a_row_that_is_not_there_takes_back_what_was_sent_with_it() {
      assertThatThrownBy(() ->
              transactions.write(
                  "changing what is not there",
                  session -> {
                    session.changeOne(ADD, 1, "one");
                    session.changeOne(RENAME, "second", 2);
                    session.changeOne(ADD, 3, "three");
                    return true;
                  }))
          .hasStackTraceContaining("0 rows instead of 1: " + RENAME);

      assertThat(names()).isEmpty();
    }

    @Test
    void a_change_of_a_row_that_is_not_there_fails_at_the_next_question() {
      assertThatThrownBy(() ->
              transactions.write(
                  "changing what is not there",
                  session -> {
                    session.changeOne(RENAME, "second", 2);
                    return session.list(NAMES, row -> row.text("name"));
                  }))
          .hasStackTraceContaining("0 rows instead of 1: " + RENAME);
    }

    @Test
    void an_answer_for_later_is_what_was_there_when_its_turn_came() {
      var answers =
          transactions.write(
              "asking for later",
              session -> {
                session.changeOne(ADD, 1, "one");
                var one = session.later(NAMES, row -> row.text("name"));
                session.changeOne(RENAME, "first", 1);
                var two = session.later(NAMES, row -> row.text("name"));
                var none = session.later(NAMES + " LIMIT 0", row -> row.text("name"));
                var last = session.one("SELECT count(*) AS n FROM thing", row -> row.whole("n"));
                return List.of(one.first(), two.first(), none.first(), last.map(String::valueOf));
              });

      assertThat(answers.stream().map(answer -> answer.orElse("nothing")))
          .containsExactly("one", "first", "nothing", "1");
    }

    @Test
    void says_how_many_rows_a_change_found_also_when_others_are_sent_with_it() {
      var found =
          transactions.write(
              "counting",
              session -> {
                session.changeOne(ADD, 1, "one");
                session.changeOne(ADD, 2, "two");
                return List.of(
                    session.change("UPDATE thing SET name = 'both'"),
                    session.change("DELETE FROM thing WHERE id > 5"),
                    session.change(ADD + " ON CONFLICT DO NOTHING", 2, "again"));
              });

      assertThat(found).containsExactly(2, 0, 0);
    }

    private List<String> names() {
      return transactions.read("looking", session -> session.list(NAMES, row -> row.text("name")));
    }
  }

  @Nested
  class TogetherOnSqlite extends Together {
    @TempDir Path folder;

    @Override
    Transactions transactions() {
      return new SqliteTransactions(folder.resolve("together.db"));
    }
  }

  @Nested
  class TogetherOnPostgresql extends Together {
    private final PostgresqlDatabases databases = new PostgresqlDatabases();

    @Override
    Transactions transactions() {
      return new PostgresqlTransactions((DatabaseUrl.Postgresql) DatabaseUrl.of(databases.url()));
    }

    @AfterEach
    void dropDatabase() {
      databases.close();
    }
  }
}
