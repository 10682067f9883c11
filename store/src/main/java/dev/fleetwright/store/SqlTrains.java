package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.train.Train;
import dev.fleetwright.core.train.TrainRequest;
import dev.fleetwright.core.train.TrainState;
import dev.fleetwright.core.train.Trains;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Trains and which deploys are in them.
final class SqlTrains implements Trains {

  /// A train is of no single project.
  private static final String STREAM = "instance";

  private final Transactions transactions;
  private final SqlFeed feed;
  private final Runnable room;

  /// @param room throws [dev.fleetwright.core.engine.StoreFull] when there is none for anything new
  SqlTrains(Transactions transactions, SqlFeed feed, Runnable room) {
    this.room = room;
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public Train add(TrainRequest request, Actor by, Instant at) {
    return feed.write(
        "recording a train",
        session -> {
          var known = asked(session, request.idempotencyKey());
          if (known.isPresent()) {
            return known.get();
          }
          var id = insert(session, request, by, Times.kept(at));
          // All trains lock in the same order, so none waits for another that waits for it.
          var environments = new TreeSet<Long>();
          request.members().forEach(member -> environments.add(member.deploy().environment()));
          for (var environment : environments) {
            SqlLeases.lock(session, SqlLeases.Kind.ENVIRONMENT, environment);
          }
          for (var place = 0; place < request.members().size(); place++) {
            var member = request.members().get(place);
            var deploy =
                SqlDeploys.add(
                    session, member.deploy().because(reason(id, request.reason())), by, at, room);
            session.changeOne(
                "INSERT INTO train_member (train, place, deploy, waits_for) VALUES (?, ?, ?, ?)",
                id,
                place,
                deploy.deploy().id(),
                member.after().stream().map(String::valueOf).collect(Collectors.joining(",")));
          }
          var train = find(session, id).orElseThrow();
          var facts = new TreeMap<String, String>();
          facts.put("hash", train.hash().hex());
          facts.put("on_failure", train.onFailure().keyword());
          facts.put("reason", train.reason());
          facts.put(
              "deploys",
              train.deploys().stream().map(String::valueOf).collect(Collectors.joining(",")));
          tell(session, id, "train.asked", TrainState.WAITING.keyword(), facts, by, at);
          return train;
        });
  }

  private static String reason(long train, String reason) {
    return "train " + train + (reason.isEmpty() ? "" : ": " + reason);
  }

  private static long insert(Session session, TrainRequest request, Actor by, Instant at)
      throws SQLException {
    return session.only(
        """
        INSERT INTO train (on_failure, hash, asked_by, reason, idempotency_key, asked_at)
        VALUES (?, ?, ?, ?, ?, ?)
        RETURNING id
        """,
        row -> row.whole("id"),
        request.onFailure().keyword(),
        request.hash().hex(),
        by.name(),
        request.reason(),
        request.idempotencyKey(),
        at);
  }

  @Override
  public Optional<Train> asked(String idempotencyKey) {
    return transactions.read(
        "looking for a train by its idempotency key",
        session -> asked(session, Optional.of(idempotencyKey)));
  }

  private static Optional<Train> asked(Session session, Optional<String> key) throws SQLException {
    return key.isEmpty()
        ? Optional.empty()
        : trains(session, "WHERE idempotency_key = ?", key.get()).stream().findFirst();
  }

  @Override
  public Optional<Train> find(long id) {
    return transactions.read("reading train " + id, session -> find(session, id));
  }

  private static Optional<Train> find(Session session, long id) throws SQLException {
    return trains(session, "WHERE id = ?", id).stream().findFirst();
  }

  @Override
  public Optional<Train> ofDeploy(long deploy) {
    return transactions.read(
        "looking for the train of deploy " + deploy,
        session ->
            trains(session, "WHERE id = (SELECT train FROM train_member WHERE deploy = ?)", deploy)
                .stream()
                .findFirst());
  }

  @Override
  public List<Train> all(int most, int skip) {
    return transactions.read(
        "listing trains",
        session -> trains(session, "ORDER BY id DESC LIMIT ? OFFSET ?", most, skip));
  }

  @Override
  public List<Train> unfinished() {
    return transactions.read(
        "looking for trains that are not over",
        session -> trains(session, "WHERE ended IS NULL ORDER BY id"));
  }

  private static List<Train> trains(Session session, String which, Object... values)
      throws SQLException {
    var trains = new ArrayList<Train>();
    for (var row : session.list("SELECT * FROM train " + which, SqlTrains::train, values)) {
      var members =
          session.list(
              "SELECT deploy, waits_for FROM train_member WHERE train = ? ORDER BY place",
              r -> new Train.Member(r.whole("deploy"), places(r.text("waits_for"))),
              row.id());
      trains.add(
          new Train(
              row.id(),
              members,
              row.onFailure(),
              row.hash(),
              row.by(),
              row.reason(),
              row.askedAt(),
              row.back(),
              row.ended()));
    }
    return trains;
  }

  private static Train train(Row row) throws SQLException {
    var by = row.maybeText("back_by");
    return new Train(
        row.whole("id"),
        List.of(),
        Train.OnFailure.of(row.text("on_failure")),
        row.digest("hash"),
        row.text("asked_by"),
        row.text("reason"),
        row.time("asked_at"),
        by.isPresent()
            ? Optional.of(new Train.Back(by.get(), row.text("back_reason"), row.time("back_at")))
            : Optional.empty(),
        row.maybeText("ended").map(TrainState::of));
  }

  private static SortedSet<Integer> places(String text) {
    return text.isEmpty()
        ? new TreeSet<>()
        : Arrays.stream(text.split(",", -1))
            .map(Integer::valueOf)
            .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public boolean goBack(long id, String reason, Actor by, Instant at) {
    return feed.write(
        "noting that train %d goes back".formatted(id),
        session -> {
          var kept = Times.kept(at);
          var noted =
              session.change(
                  """
                  UPDATE train SET back_by = ?, back_reason = ?, back_at = ?
                   WHERE id = ? AND back_at IS NULL AND ended IS NULL
                  """,
                  by.name(),
                  reason,
                  kept,
                  id);
          if (noted > 0) {
            var facts = new TreeMap<String, String>();
            facts.put("reason", reason);
            tell(session, id, "train.goes_back", TrainState.GOING_BACK.keyword(), facts, by, kept);
          }
          return noted > 0;
        });
  }

  @Override
  public void keep(long id, Actor by, Instant at) {
    var _ =
        feed.write(
            "noting that a failure takes nothing of train %d back".formatted(id),
            session -> {
              var noted =
                  session.change(
                      """
                      UPDATE train SET on_failure = 'hold'
                       WHERE id = ? AND on_failure = 'back' AND back_at IS NULL AND ended IS NULL
                      """,
                      id);
              if (noted > 0) {
                tell(
                    session,
                    id,
                    "train.keeps",
                    TrainState.RUNNING.keyword(),
                    new TreeMap<>(),
                    by,
                    at);
              }
              return noted;
            });
  }

  @Override
  public void end(long id, TrainState how, Instant at) {
    if (!how.over()) {
      throw new IllegalArgumentException("a train that is %s is not over".formatted(how.keyword()));
    }
    var _ =
        feed.write(
            "noting that train %d is over".formatted(id),
            session -> {
              var kept = Times.kept(at);
              var noted =
                  session.change(
                      "UPDATE train SET ended = ?, ended_at = ? WHERE id = ? AND ended IS NULL",
                      how.keyword(),
                      kept,
                      id);
              if (noted > 0) {
                tell(
                    session, id, "train.ended", how.keyword(), new TreeMap<>(), Actor.ENGINE, kept);
              }
              return noted;
            });
  }

  @Override
  public void wake(long deploy) {
    var _ =
        feed.write(
            "waking the environment of deploy " + deploy,
            session -> {
              var environment =
                  session.only(
                      "SELECT environment FROM deploy WHERE id = ?",
                      row -> row.whole("environment"),
                      deploy);
              SqlLeases.lock(session, SqlLeases.Kind.ENVIRONMENT, environment);
              SqlDeploys.noteWork(session, environment, true);
              return environment;
            });
  }

  private static void tell(
      Session session,
      long id,
      String kind,
      String state,
      SortedMap<String, String> facts,
      Actor by,
      Instant at)
      throws SQLException {
    facts.put("train", Long.toString(id));
    SqlLedger.write(session, STREAM, by, kind, facts, Times.kept(at));
    SqlFeed.write(
        session, "train", Map.of("train", Long.toString(id), "state", state), Times.kept(at));
  }
}
