package dev.fleetwright.store;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.plan.Plan;
import java.sql.SQLException;

/// Plans by hash.
final class SqlPlans {

  /// Plans under way are read and named again with every event; making their canonical form each
  /// time was half of what an event cost. In bytes of that form; as objects they are some five
  /// times as large.
  private static final long REMEMBERED = 4 << 20;

  private static final KnownPlans KNOWN = new KnownPlans(REMEMBERED);

  private SqlPlans() {}

  /// As [Plan#hash].
  static Digest hash(Plan plan) {
    return KNOWN.hash(plan).orElseGet(() -> remember(plan, plan.bytes()));
  }

  private static Digest remember(Plan plan, byte[] bytes) {
    return KNOWN.remember(Digest.of(bytes), plan, bytes.length);
  }

  /// Keep a plan, once.
  static void keep(Session session, Plan plan) throws SQLException {
    var bytes = plan.bytes();
    session.changeAny(
        "INSERT INTO plan (hash, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING",
        remember(plan, bytes).hex(),
        bytes);
  }

  /// The plan of that hash, checked against it.
  static Plan load(Session session, Digest hash) throws SQLException {
    return session
        .one(
            "SELECT bytes FROM plan WHERE hash = ?",
            row -> read(hash, row.bytes("bytes")),
            hash.hex())
        .orElseThrow(() -> new RecordUnreadable("plan " + hash + " is missing"));
  }

  /// @throws RecordUnreadable if the bytes are not what was approved under this hash
  static Plan read(Digest hash, byte[] bytes) {
    if (!Digest.of(bytes).equals(hash)) {
      throw new RecordUnreadable("plan " + hash + " was damaged: its bytes have another hash");
    }
    var known = KNOWN.plan(hash);
    if (known.isPresent()) {
      return known.get();
    }
    try {
      var plan = Plan.of(bytes);
      KNOWN.remember(hash, plan, bytes.length);
      return plan;
    } catch (IllegalArgumentException | Bencode.NotCanonical e) {
      throw new RecordUnreadable("plan " + hash + " is of a form that this release cannot read", e);
    }
  }
}
