package dev.fleetwright.store;

import dev.fleetwright.core.access.Sessions;
import dev.fleetwright.core.access.Tokens;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.engine.Leases;
import dev.fleetwright.core.engine.StoreFull;
import dev.fleetwright.core.environment.Alarms;
import dev.fleetwright.core.environment.EnvironmentLists;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Holds;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.image.ImageTags;
import dev.fleetwright.core.ledger.Ledger;
import dev.fleetwright.core.pipeline.ArtifactLives;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.pipeline.ResourceGroups;
import dev.fleetwright.core.pipeline.Schedules;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.release.CommitStatuses;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.runner.HandOuts;
import dev.fleetwright.core.runner.Runners;
import dev.fleetwright.core.secret.SealedValues;
import dev.fleetwright.core.train.Trains;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything that is kept in SQL: SQLite in a file, or PostgreSQL. Both pass the same tests.
///
/// A write is answered only when it is durable, wholly there or not at all. Times are kept to the
/// microsecond. Any number of threads may use the ports; any number of servers may share one
/// PostgreSQL, while a SQLite file belongs to one server at a time.
///
/// Besides what their ports say, all of them may throw
/// [dev.fleetwright.core.engine.StoreUnavailable] (asking again may help) and
/// [dev.fleetwright.core.engine.RecordUnreadable] (asking again does not help).
public final class Database implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private final Transactions transactions;
  private final SqlFeed feed;
  private final StaleWrites stale = new StaleWrites();
  private volatile Supplier<Optional<String>> lacking = Optional::empty;

  private Database(Transactions transactions) {
    this.transactions = transactions;
    this.feed = new SqlFeed(transactions);
  }

  /// Open it, and bring its tables to the form of this release. Nothing needs to be done after a
  /// crash; on SQLite, where the crash ended the only server, every lease is free again.
  ///
  /// @param url `sqlite:PATH`, or `postgresql://USER@HOST:PORT/DATABASE` with options of the
  ///   PostgreSQL JDBC driver after `?`; never holds a password: that comes from `PGPASSWORD`,
  ///   `~/.pgpass` or the file named by the option `password_file`; `notifications=off` is for
  ///   connection poolers that do not let `LISTEN` through
  /// @throws IllegalArgumentException if the URL is something else
  /// @throws DatabaseInUse if another server has the SQLite file
  /// @throws SchemaUnknown if a newer release made the tables
  /// @throws dev.fleetwright.core.engine.StoreUnavailable if it cannot be opened now
  public static Database open(String url) {
    return open(DatabaseUrl.of(url));
  }

  /// Open the SQLite file `fleetwright.db` in a directory; make both when they are not there.
  public static Database open(Path directory) {
    return open(new DatabaseUrl.Sqlite(directory.resolve("fleetwright.db")));
  }

  private static Database open(DatabaseUrl url) {
    var began = System.nanoTime();
    var database =
        switch (url) {
          case DatabaseUrl.Sqlite(var file) -> sqlite(file);
          case DatabaseUrl.Postgresql postgresql -> postgresql(postgresql);
        };
    LOG.atInfo()
        .addKeyValue("database", shown(url))
        .addKeyValue("milliseconds", (System.nanoTime() - began) / 1_000_000)
        .log("database is open");
    return database;
  }

  private static String shown(DatabaseUrl url) {
    return switch (url) {
      case DatabaseUrl.Sqlite(var file) -> "sqlite:" + file;
      case DatabaseUrl.Postgresql postgresql -> postgresql.shown();
    };
  }

  private static Database sqlite(Path file) {
    var transactions = new SqliteTransactions(file);
    try {
      Migrations.run(
          transactions,
          Dialect.SQLITE,
          flyway -> flyway.dataSource("jdbc:sqlite:" + file, null, null));
      transactions.write("freeing the leases of a dead server", SqlLeases::freeAll);
      return new Database(transactions);
    } catch (RuntimeException e) {
      transactions.close();
      throw e;
    }
  }

  private static Database postgresql(DatabaseUrl.Postgresql url) {
    var transactions = new PostgresqlTransactions(url);
    try {
      transactions.read("asking for PostgreSQL's version", Database::checkVersion);
      Migrations.run(
          transactions,
          Dialect.POSTGRESQL,
          flyway -> connected(flyway, url.jdbc(), url.properties()));
      transactions.write("looking at the feed", SqlFeed::beginAnewAfterRestore);
      var database = new Database(transactions);
      if (url.notifications()) {
        var wakes = new PostgresqlWakes(url, database.feed::wokenByOthers);
        database.feed.tellOthersBy(wakes);
        wakes.start();
      }
      return database;
    } catch (RuntimeException e) {
      transactions.close();
      throw e;
    }
  }

  private static FluentConfiguration connected(
      FluentConfiguration flyway, String jdbc, Properties properties) {
    var others = new HashMap<String, String>();
    properties.stringPropertyNames().forEach(n -> others.put(n, properties.getProperty(n)));
    return flyway
        .dataSource(jdbc, others.get("user"), others.remove("password"))
        .jdbcProperties(others);
  }

  private static int checkVersion(Session session) throws java.sql.SQLException {
    var version =
        session.only(
            "SELECT current_setting('server_version_num')::int AS version",
            row -> row.number("version"));
    if (version < 130000) {
      throw new SchemaUnknown("PostgreSQL 13 or newer is needed, this one is of " + version);
    }
    return version;
  }

  /// From now on, record nothing new while room is lacking: neither pipelines nor deploys, other
  /// than those that take something back or down. What is known already goes on.
  ///
  /// @param asked why nothing new may be begun; empty while there is room
  public void beginNothingWhile(Supplier<Optional<String>> asked) {
    lacking = asked;
  }

  private void checkRoom() {
    lacking
        .get()
        .ifPresent(reason -> {
          throw new StoreFull(reason);
        });
  }

  /// The projects under care.
  public Projects projects() {
    return new SqlProjects(transactions, feed);
  }

  /// The environments that are known.
  public Environments environments() {
    return new SqlEnvironments(transactions, feed);
  }

  /// Several deploys as one.
  public Trains trains() {
    return new SqlTrains(transactions, feed, this::checkRoom);
  }

  /// The alarms that fire.
  public Alarms alarms() {
    return new SqlAlarms(transactions, feed);
  }

  /// Which environments take nothing by themselves.
  public Holds holds() {
    return new SqlHolds(transactions, feed);
  }

  /// What tags of images mean.
  public ImageTags imageTags() {
    return new SqlImageTags(transactions, feed);
  }

  /// What others say of commits.
  public CommitStatuses commitStatuses() {
    return new SqlCommitStatuses(transactions, feed);
  }

  /// The releases that were made.
  public Releases releases() {
    return new SqlReleases(transactions, feed);
  }

  /// All pipelines and their jobs.
  public Pipelines pipelines() {
    return new SqlPipelines(transactions, feed, this::checkRoom);
  }

  /// What becomes of the files that jobs left.
  ///
  /// @param blobs where their contents are
  public ArtifactLives artifactLives(Blobs blobs) {
    return new SqlArtifactLives(transactions, feed, blobs);
  }

  /// All schedules.
  public Schedules schedules() {
    return new SqlSchedules(transactions, feed);
  }

  /// The runners that are registered.
  public Runners runners() {
    return new SqlRunners(transactions, feed);
  }

  /// Jobs that wait for runners or are with them.
  public HandOuts handOuts() {
    return new SqlHandOuts(transactions, feed);
  }

  /// All resource groups.
  public ResourceGroups resourceGroups() {
    return new SqlResourceGroups(transactions, feed);
  }

  /// All deploys and their events.
  public Deploys deploys() {
    return new SqlDeploys(transactions, feed, stale, this::checkRoom);
  }

  /// Environments for those who only look.
  public EnvironmentLists environmentLists() {
    return new SqlEnvironmentLists(transactions);
  }

  /// Deploys for those who only look.
  public DeployRecords deployRecords() {
    return new SqlDeployRecords(transactions);
  }

  /// Hands out environments with a deploy that needs the engine.
  public Leases environmentLeases() {
    return new SqlLeases(transactions, feed, stale, SqlLeases.Kind.ENVIRONMENT);
  }

  /// Hands out pipelines that have not finished.
  public Leases pipelineLeases() {
    return new SqlLeases(transactions, feed, stale, SqlLeases.Kind.PIPELINE);
  }

  /// How many writes this process tried with a lease that another server had by then. Each was
  /// turned down.
  public long staleWrites() {
    return stale.count();
  }

  /// What time it is by the clock that all servers share: PostgreSQL's. On SQLite, where there is
  /// one server, that of this machine when it was opened, carried on by a clock that never jumps.
  public Instant now() {
    return transactions.read(
        "asking what time it is", session -> Instant.EPOCH.plus(session.now(), ChronoUnit.MICROS));
  }

  /// The record of everything that changed.
  public Ledger ledger() {
    return new SqlLedger(transactions);
  }

  /// What moves.
  public Feed feed() {
    return feed;
  }

  /// The tokens that open the API.
  public Tokens tokens() {
    return new SqlTokens(transactions);
  }

  /// Browsers that are signed in.
  public Sessions sessions() {
    return new SqlSessions(transactions);
  }

  /// Values that were encrypted before they came here.
  public SealedValues sealedValues() {
    return new SqlSealedValues(transactions);
  }

  /// Completed when writing to the disk failed, with what happened, for people. After a failed
  /// `fsync` nobody knows what of the last transactions is on the disk, and asking again would say
  /// that all is well; so everything is refused from then on, and the server has to end. What was
  /// acknowledged before is there at the next start.
  public CompletionStage<String> broken() {
    return transactions.broken().minimalCompletionStage();
  }

  /// Waits for the transactions under way; later ones are refused. Dying without it loses nothing.
  @Override
  public void close() {
    feed.close();
    transactions.close();
  }
}
