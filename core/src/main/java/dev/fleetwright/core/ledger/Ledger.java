package dev.fleetwright.core.ledger;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The record of everything that changed. Records about deploys, environments and the like are
/// written by the store in the transaction of the change; [#note] is for what changes no table.
public interface Ledger {

  /// A record as it is kept, with the hash that was computed when it was written.
  record Kept(LedgerRecord content, Digest hash) {}

  /// Write a record in a transaction of its own.
  void note(String stream, Actor actor, String kind, Map<String, String> facts, Instant at);

  /// Records of a stream from a sequence number on, oldest first.
  List<Kept> read(String stream, long from, int most);

  /// All streams.
  List<String> streams();

  /// The first place where a stream does not hold together, said in a sentence; empty when it does.
  default Optional<String> fault(String stream) {
    var expected = LedgerRecord.FIRST;
    var next = 1L;
    while (true) {
      var records = read(stream, next, 1000);
      if (records.isEmpty()) {
        return Optional.empty();
      }
      for (var record : records) {
        var content = record.content();
        if (content.sequence() != next) {
          return Optional.of(
              "%s: record %d is missing, %d follows".formatted(stream, next, content.sequence()));
        } else if (!content.previous().equals(expected)) {
          return Optional.of("%s: record %d does not follow %d".formatted(stream, next, next - 1));
        } else if (!content.hash().equals(record.hash())) {
          return Optional.of("%s: record %d was changed".formatted(stream, next));
        }
        expected = record.hash();
        next++;
      }
    }
  }
}
