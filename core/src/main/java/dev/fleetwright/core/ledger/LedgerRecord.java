package dev.fleetwright.core.ledger;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import java.time.Instant;
import java.util.SortedMap;

/// One change, for good: who did what, when. Its hash covers the record before it, so none can be
/// changed, taken out or put in without breaking every later one of its stream.
///
/// @param stream a chain of its own: `shop/production`, `shop` or `instance`
/// @param sequence from 1, without gaps
/// @param kind what happened, such as `deploy.approved`
/// @param facts about it; never a secret
/// @param previous hash of the record before; of [#FIRST] for the first
public record LedgerRecord(
    String stream,
    long sequence,
    Instant at,
    Actor actor,
    String kind,
    SortedMap<String, String> facts,
    Digest previous) {

  /// What the first record of a stream follows.
  public static final Digest FIRST = new Digest("0".repeat(64));

  public LedgerRecord {
    facts = java.util.Collections.unmodifiableSortedMap(new java.util.TreeMap<>(facts));
  }

  /// SHA-256 over the canonical form of everything here, the hash of the record before included.
  public Digest hash() {
    return Digest.of(
        Dictionary.empty()
            .with("stream", stream)
            .with("sequence", sequence)
            .with("at", at.toString())
            .with("actor", actor.name())
            .with("kind", kind)
            .with("facts", Dictionary.ofTexts(facts))
            .with("previous", previous.hex())
            .bytes());
  }
}
