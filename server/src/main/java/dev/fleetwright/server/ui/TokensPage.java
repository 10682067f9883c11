package dev.fleetwright.server.ui;

import java.util.List;

/// The tokens that open this server.
record TokensPage(List<Row> tokens) {

  TokensPage {
    tokens = List.copyOf(tokens);
  }

  /// @param used when it was used last; empty when it never was
  record Row(String name, Moment made, List<Moment> used, Action revoke) {
    Row {
      used = List.copyOf(used);
    }
  }
}
