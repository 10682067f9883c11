package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.engine.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Opening databases.
class DatabaseTest {

  @TempDir private Path folder;

  @Test
  void a_directory_gets_a_file_of_its_own() {
    try (var database = Database.open(folder.resolve("data"))) {
      assertThat(database.projects().all()).isEmpty();
    }
    assertThat(folder.resolve("data/fleetwright.db")).exists();
  }

  @Test
  void a_second_server_on_the_same_file_is_refused() {
    try (var _ = Database.open(folder)) {
      assertThatThrownBy(() -> Database.open(folder))
          .isInstanceOf(DatabaseInUse.class)
          .hasMessageContaining("fleetwright.db is in use by another server");
    }
    Database.open(folder).close();
  }

  @Test
  void commits_are_forced_to_the_disk() throws SQLException {
    // What another connection would see says nothing of ours: the pragma is per connection.
    try (var transactions = new SqliteTransactions(folder.resolve("x.db"))) {
      var answer =
          transactions.write(
              "looking",
              session ->
                  session.only("PRAGMA synchronous", row -> row.number("synchronous"))
                      + " "
                      + session.only("PRAGMA journal_mode", row -> row.text("journal_mode"))
                      + " "
                      + session.only("PRAGMA foreign_keys", row -> row.number("foreign_keys")));
      assertThat(answer).isEqualTo("2 wal 1");
    }
  }

  @Test
  void tables_of_a_newer_release_are_refused_and_left_alone() throws Exception {
    Database.open(folder).close();
    execute(
        "INSERT INTO flyway_schema_history SELECT 1000, '1000', 'newer', type, script, checksum,"
            + " installed_by, installed_on, execution_time, success FROM flyway_schema_history LIMIT 1");
    var before = Files.readAllBytes(folder.resolve("fleetwright.db"));

    assertThatThrownBy(() -> Database.open(folder))
        .isInstanceOf(SchemaUnknown.class)
        .hasMessageContaining(
            "version 1000, made by a newer release; this one knows up to " + Migrations.NEWEST);

    assertThat(Files.readAllBytes(folder.resolve("fleetwright.db"))).isEqualTo(before);
  }

  @Test
  void the_newest_migration_is_the_one_that_the_code_knows() {
    var info =
        Flyway.configure()
            .dataSource("jdbc:sqlite:" + folder.resolve("x.db"), null, null)
            .locations("classpath:db/migration")
            .load()
            .info();

    assertThat(Arrays.stream(info.all()).map(m -> m.getVersion().getVersion()).toList().getLast())
        .isEqualTo(Integer.toString(Migrations.NEWEST));
  }

  @Test
  void what_a_dead_server_held_is_free_at_once() {
    try (var database = Database.open(folder)) {
      var shop = new Shop(database);
      shop.deploy(shop.environment("production"));
      assertThat(database.environmentLeases().claim("dead", Duration.ofDays(1))).isPresent();
    }

    try (var database = Database.open(folder)) {
      assertThat(database.environmentLeases().claim("new", Duration.ofDays(1)))
          .map(Lease::generation)
          .contains(2L);
    }
  }

  @Test
  void what_rested_is_looked_at_after_a_new_start() {
    try (var database = Database.open(folder)) {
      var shop = new Shop(database);
      shop.deploy(shop.environment("production"));
      var lease = database.environmentLeases().claim("one", Duration.ofDays(1)).orElseThrow();
      database.environmentLeases().release(lease, Duration.ofDays(1));
      assertThat(database.environmentLeases().claim("one", Duration.ofDays(1))).isEmpty();
    }

    try (var database = Database.open(folder)) {
      assertThat(database.environmentLeases().claim("one", Duration.ofDays(1))).isPresent();
    }
  }

  @Test
  void a_file_that_is_no_database_is_refused_and_left_alone() throws IOException {
    var file = folder.resolve("fleetwright.db");
    Files.writeString(file, "This is the diary of a very important person. ".repeat(100));
    var before = Files.readAllBytes(file);

    assertThatThrownBy(() -> Database.open(folder)).isInstanceOf(RecordUnreadable.class);

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void a_folder_that_cannot_be_made_is_said_to_be_so() throws IOException {
    Files.writeString(folder.resolve("data"), "a file");

    assertThatThrownBy(() -> Database.open(folder.resolve("data")))
        .isInstanceOf(StoreUnavailable.class);
  }

  @Test
  void a_closed_database_says_so() {
    var database = Database.open(folder);
    database.close();
    database.close();

    assertThatThrownBy(() -> database.projects().all()).hasMessageContaining("is closed");
  }

  private void execute(String sql) throws SQLException {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("fleetwright.db"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql://anna@db.example:5433/shop, anna db.example 5433 shop",
    "postgres://anna@db.example/shop, anna db.example 5432 shop",
    "jdbc:postgresql://db.example/shop?user=anna, anna db.example 5432 shop",
    "postgresql://anna@db.example, anna db.example 5432 anna",
    "postgresql://an%20na@[::1]/shop, an na [::1] 5432 shop",
  })
  void a_server_is_named_by_a_url(String url, String read) {
    assertThat(DatabaseUrl.of(url))
        .isInstanceOfSatisfying(
            DatabaseUrl.Postgresql.class,
            p ->
                assertThat(p.user() + " " + p.host() + " " + p.port() + " " + p.name())
                    .isEqualTo(read));
  }

  @Test
  void a_file_is_named_by_a_url() {
    assertThat(DatabaseUrl.of("sqlite:/var/lib/x.db"))
        .isEqualTo(new DatabaseUrl.Sqlite(Path.of("/var/lib/x.db")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://anna:s3cret@db.example/shop",
        "jdbc:postgresql://db.example/shop?user=anna&password=s3cret"
      })
  void a_password_in_a_url_is_refused_and_not_repeated(String url) {
    assertThatThrownBy(() -> Database.open(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("password_file")
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql://x", "sqlite:", "", "/var/lib/x.db"})
  void anything_else_is_refused(String url) {
    assertThatThrownBy(() -> Database.open(url)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_password_is_read_from_a_file() throws IOException {
    var file = Files.writeString(folder.resolve("password"), "s3cret\n");
    var url =
        (DatabaseUrl.Postgresql)
            DatabaseUrl.of(
                "postgresql://anna@db.example/shop?sslmode=require&password_file=" + file);

    assertThat(url.properties())
        .containsEntry("password", "s3cret")
        .containsEntry("sslmode", "require")
        .doesNotContainKey("password_file");
    assertThat(url.shown()).isEqualTo("postgresql://anna@db.example:5432/shop");
    assertThat(List.of(url.jdbc(), url.toString()))
        .allSatisfy(text -> assertThat(text).doesNotContain("s3cret"));
  }

  @Test
  void a_server_that_is_not_there_is_said_to_be_so() {
    assertThatThrownBy(() -> Database.open("postgresql://anna@127.0.0.1:1/shop"))
        .isInstanceOf(StoreUnavailable.class)
        .hasMessage("connecting to postgresql://anna@127.0.0.1:1/shop");
  }
}
