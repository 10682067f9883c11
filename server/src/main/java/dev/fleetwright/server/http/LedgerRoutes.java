package dev.fleetwright.server.http;

import dev.fleetwright.api.Ledger.Check;
import dev.fleetwright.api.Ledger.Entry;
import dev.fleetwright.api.Ledger.StreamCheck;
import dev.fleetwright.core.ledger.Ledger;
import java.time.Clock;
import java.util.List;

/// The record of everything that changed.
final class LedgerRoutes {

  private final Ledger ledger;
  private final Clock clock;

  LedgerRoutes(Ledger ledger, Clock clock) {
    this.ledger = ledger;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/ledger", Access.SIGNED_IN, "Records of one stream, oldest first.")
            .with(
                Parameter.required(
                    "stream", "string", "`project/environment`, `project` or `instance`."),
                Parameter.optional("from", "integer", "The first sequence number; 1 if not given."),
                Parameter.PER_PAGE)
            .givingPageOf(Entry.class)
            .by(this::read),
        Route.get(
                "/api/v1/ledger/check",
                Access.SIGNED_IN,
                "Whether every chain of records holds together.")
            .giving(Check.class)
            .by(this::check));
  }

  private dev.fleetwright.api.Page<Entry> read(Call call) {
    var from = call.queryNumber("from").orElse(1);
    var perPage = call.perPage();
    var read = ledger.read(call.queryRequired("stream"), from, perPage + 1);
    return new dev.fleetwright.api.Page<>(
        read.stream().limit(perPage).map(LedgerRoutes::wire).toList(),
        "record",
        clock.instant(),
        1,
        perPage,
        read.size() > perPage);
  }

  private Check check(Call call) {
    var streams = ledger.streams().stream().map(s -> new StreamCheck(s, ledger.fault(s))).toList();
    return new Check(streams.stream().allMatch(s -> s.fault().isEmpty()), streams);
  }

  private static Entry wire(Ledger.Kept kept) {
    var record = kept.content();
    return new Entry(
        record.stream(),
        record.sequence(),
        record.at(),
        record.actor().name(),
        record.kind(),
        record.facts(),
        record.previous().toString(),
        kept.hash().toString());
  }
}
