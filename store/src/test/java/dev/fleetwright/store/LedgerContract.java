package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.ledger.LedgerRecord;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What [dev.fleetwright.core.ledger.Ledger] promises.
abstract class LedgerContract extends StoreContract {

  private static final String STREAM = "instance";

  private void note(int times) {
    for (var i = 0; i < times; i++) {
      database
          .ledger()
          .note(STREAM, Shop.ANNA, "login", Map.of("n", "" + i, "word", "\"é\" {"), Shop.NOON);
    }
  }

  @Test
  void records_are_read_as_they_were_written_each_on_top_of_the_one_before() {
    note(3);

    var records = database.ledger().read(STREAM, 1, 100);

    assertThat(records).hasSize(3);
    var last = records.getLast().content();
    assertThat(last.sequence()).isEqualTo(3);
    assertThat(last.at()).isEqualTo(Shop.NOON);
    assertThat(last.actor()).isEqualTo(Shop.ANNA);
    assertThat(last.facts()).isEqualTo(Map.of("n", "2", "word", "\"é\" {"));
    assertThat(last.previous()).isEqualTo(records.get(1).hash());
    assertThat(records.getFirst().content().previous()).isEqualTo(LedgerRecord.FIRST);
    assertThat(database.ledger().read(STREAM, 2, 1)).containsExactly(records.get(1));
    assertThat(database.ledger().fault(STREAM)).isEmpty();
    assertThat(database.ledger().streams()).containsExactly(STREAM, "shop");
  }

  @Test
  void many_writers_make_one_chain_without_gaps() throws Exception {
    DeploysContract.atOnce(
        8,
        80,
        () -> {
          note(1);
          return true;
        });

    assertThat(database.ledger().read(STREAM, 1, 1000)).hasSize(80);
    assertThat(database.ledger().fault(STREAM)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE ledger_record SET facts = '{\"n\":\"9\"}' WHERE stream = 'instance' AND sequence = 3",
        "UPDATE ledger_record SET kind = 'logout' WHERE stream = 'instance' AND sequence = 3",
        "UPDATE ledger_record SET actor = 'eve' WHERE stream = 'instance' AND sequence = 5",
        "UPDATE ledger_record SET happened_at = '2026-11-21T12:00:00.123457Z'"
            + " WHERE stream = 'instance' AND sequence = 1",
        "UPDATE ledger_record SET hash = previous WHERE stream = 'instance' AND sequence = 4",
        "UPDATE ledger_record SET previous = hash WHERE stream = 'instance' AND sequence = 4",
        "UPDATE ledger_record SET stream = 'elsewhere' WHERE stream = 'instance' AND sequence = 5",
        "DELETE FROM ledger_record WHERE stream = 'instance' AND sequence = 1",
        "DELETE FROM ledger_record WHERE stream = 'instance' AND sequence = 3",
        "DELETE FROM ledger_record WHERE stream = 'instance' AND sequence = 5",
        "DELETE FROM ledger_record WHERE stream = 'instance'",
        "UPDATE ledger_head SET hash = (SELECT previous FROM ledger_record"
            + " WHERE stream = 'instance' AND sequence = 5) WHERE stream = 'instance'"
      })
  void whatever_is_changed_afterwards_is_found(String change) {
    note(5);
    assertThat(database.ledger().fault(STREAM)).isEmpty();

    execute(change);

    assertThat(database.ledger().fault(STREAM)).isPresent();
    assertThat(database.ledger().fault("shop")).as("other streams hold together").isEmpty();
  }

  @Test
  void a_long_chain_is_checked_to_its_end() {
    note(1005);
    execute("UPDATE ledger_record SET actor = 'eve' WHERE sequence = 1003");

    assertThat(database.ledger().fault(STREAM)).contains("instance: record 1003 was changed");
  }
}
