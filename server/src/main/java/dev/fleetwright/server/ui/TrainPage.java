package dev.fleetwright.server.ui;

import java.util.List;

/// One train: several deploys as one.
///
/// @param rule what happens when a member fails, in words
/// @param cause why it goes back, or what it waits for; empty when all is well
/// @param hash what is approved, in short
record TrainPage(
    String title,
    Badge state,
    String by,
    Moment at,
    String reason,
    String rule,
    String cause,
    String hash,
    List<Action> actions,
    List<Row> rows) {

  TrainPage {
    actions = List.copyOf(actions);
    rows = List.copyOf(rows);
  }

  /// @param what it brings
  /// @param after the members that go before it
  /// @param waits what it waits for
  record Row(
      Link place, Link deploy, String what, Badge state, String after, String waits, String took) {}
}
