package dev.fleetwright.store;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.plan.Plan;
import java.sql.SQLException;

/// Plans by hash.
final class SqlPlans {

  private SqlPlans() {}

  /// Keep a plan, once.
  static void keep(Session session, Plan plan) throws SQLException {
    session.change(
        "INSERT INTO plan (hash, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING",
        plan.hash().hex(),
        plan.bytes());
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
    try {
      return Plan.of(bytes);
    } catch (IllegalArgumentException | Bencode.NotCanonical e) {
      throw new RecordUnreadable("plan " + hash + " is of a form that this release cannot read", e);
    }
  }
}
