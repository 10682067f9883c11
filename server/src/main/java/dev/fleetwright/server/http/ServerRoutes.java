package dev.fleetwright.server.http;

import dev.fleetwright.api.Drain;
import dev.fleetwright.core.ledger.Ledger;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The server itself.
final class ServerRoutes {

  private static final long LONGEST_SECONDS = Duration.ofDays(1).toSeconds();

  private final Draining draining;
  private final Ledger ledger;
  private final Clock clock;

  ServerRoutes(Draining draining, Ledger ledger, Clock clock) {
    this.draining = draining;
    this.ledger = ledger;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.post(
                "/api/v1/server/drain",
                Access.SIGNED_IN,
                "Stop this server in order: no more work, hand over what is under way, end.")
            .taking(Drain.Wish.class)
            .giving(Drain.class)
            .as(202)
            .by(this::drain));
  }

  private Drain drain(Call call, Drain.Wish wish) {
    var seconds = wish.within().orElse(Drain.USUAL_SECONDS);
    if (seconds < 0 || seconds > LONGEST_SECONDS) {
      throw Refusal.malformed(
          "`within` is " + seconds, "give seconds from 0 to " + LONGEST_SECONDS);
    }
    if (!draining.underWay()) {
      ledger.note(
          "instance",
          call.actor(),
          "server.drain",
          Map.of("within", Long.toString(seconds)),
          clock.instant());
      draining.begin(Duration.ofSeconds(seconds));
    }
    return new Drain(seconds);
  }
}
