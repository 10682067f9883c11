package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The ledger's records and its check.
public final class Ledger {

  private Ledger() {}

  /// One change, for good.
  ///
  /// @param stream a chain of its own: `shop/production`, `shop` or `instance`
  /// @param sequence from 1, without gaps
  /// @param previous hash of the record before
  public record Entry(
      String stream,
      long sequence,
      Instant at,
      String actor,
      String kind,
      Map<String, String> facts,
      String previous,
      String hash) {}

  /// Whether the chains hold together.
  public record Check(boolean intact, List<StreamCheck> streams) {}

  /// Whether one chain holds together.
  ///
  /// @param fault the first place where it does not
  public record StreamCheck(String stream, Optional<String> fault) {}
}
